//! What a server offers first.

use std::rc::Rc;

use capnp::{Error, Result};
use capnp_rpc::new_client;
use futures::future::try_join_all;
use tokio::sync::watch;

use crate::interop_capnp::*;
use crate::objects::*;
use crate::sample;

pub fn new_interop() -> interop::Client {
    new_client(Interop)
}

struct Interop;

impl interop::Server for Interop {
    async fn check_sample(
        self: Rc<Self>,
        params: interop::CheckSampleParams,
        mut results: interop::CheckSampleResults,
    ) -> Result<()> {
        let difference = sample::difference(params.get()?.get_sample()?)?;
        results.get().set_difference(difference);
        Ok(())
    }

    async fn give_sample(
        self: Rc<Self>,
        _: interop::GiveSampleParams,
        mut results: interop::GiveSampleResults,
    ) -> Result<()> {
        sample::fill(results.get().init_sample())
    }

    async fn number(
        self: Rc<Self>,
        params: interop::NumberParams,
        mut results: interop::NumberResults,
    ) -> Result<()> {
        results.get().set_number(new_number(params.get()?.get_value()));
        Ok(())
    }

    async fn box_(
        self: Rc<Self>,
        params: interop::BoxParams,
        mut results: interop::BoxResults,
    ) -> Result<()> {
        let mut inner = results.get().init_box().init_inner();
        inner.set_label("inner");
        inner.set_number(new_number(params.get()?.get_value()));
        Ok(())
    }

    async fn sum(
        self: Rc<Self>,
        params: interop::SumParams,
        mut results: interop::SumResults,
    ) -> Result<()> {
        let numbers: Result<Vec<_>> = params.get()?.get_numbers()?.iter().collect();
        let values = try_join_all(numbers?.into_iter().map(value_of)).await?;
        results.get().set_sum(values.iter().sum());
        Ok(())
    }

    async fn callback(
        self: Rc<Self>,
        _: interop::CallbackParams,
        mut results: interop::CallbackResults,
    ) -> Result<()> {
        results.get().set_callback(new_callback("server", Rc::default()));
        Ok(())
    }

    async fn ask(
        self: Rc<Self>,
        params: interop::AskParams,
        mut results: interop::AskResults,
    ) -> Result<()> {
        let callback = params.get()?.get_callback()?;
        let calls = (0..params.get()?.get_times()).map(|i| notify(&callback, &format!("ask {i}")));
        let texts = try_join_all(calls).await?;
        results.get().set_replies(&texts[..])
    }

    async fn is_null(
        self: Rc<Self>,
        params: interop::IsNullParams,
        mut results: interop::IsNullResults,
    ) -> Result<()> {
        results.get().set_is_null(!params.get()?.has_callback());
        Ok(())
    }

    async fn identity(
        self: Rc<Self>,
        params: interop::IdentityParams,
        mut results: interop::IdentityResults,
    ) -> Result<()> {
        results.get().set_callback(params.get()?.get_callback()?);
        Ok(())
    }

    /// Waits for the reply and copies it: this implementation has no tail call.
    async fn forward(
        self: Rc<Self>,
        params: interop::ForwardParams,
        mut results: interop::ForwardResults,
    ) -> Result<()> {
        let params = params.get()?;
        let text = notify(&params.get_callback()?, params.get_text()?.to_str()?).await?;
        results.get().set_text(text);
        Ok(())
    }

    async fn later(
        self: Rc<Self>,
        _: interop::LaterParams,
        mut results: interop::LaterResults,
    ) -> Result<()> {
        results.get().set_later(new_client(Later::new()));
        Ok(())
    }

    async fn holder(
        self: Rc<Self>,
        params: interop::HolderParams,
        mut results: interop::HolderResults,
    ) -> Result<()> {
        let callback = params.get()?.get_callback()?;
        results.get().set_holder(new_client(Holder { callback }));
        Ok(())
    }

    async fn nursery(
        self: Rc<Self>,
        _: interop::NurseryParams,
        mut results: interop::NurseryResults,
    ) -> Result<()> {
        results.get().set_nursery(new_client(Nursery { live: Rc::new(watch::Sender::new(0)) }));
        Ok(())
    }

    async fn hanger(
        self: Rc<Self>,
        _: interop::HangerParams,
        mut results: interop::HangerResults,
    ) -> Result<()> {
        results.get().set_hanger(new_client(Hanger { cancelled: watch::Sender::new(false) }));
        Ok(())
    }

    async fn gate(
        self: Rc<Self>,
        _: interop::GateParams,
        mut results: interop::GateResults,
    ) -> Result<()> {
        results.get().set_gate(new_client(Gate { here: watch::Sender::new(0) }));
        Ok(())
    }

    async fn fail(
        self: Rc<Self>,
        params: interop::FailParams,
        _: interop::FailResults,
    ) -> Result<()> {
        let reason = params.get()?.get_reason()?.to_string()?;
        Err(match params.get()?.get_kind()? {
            Kind::Failed => Error::failed(reason),
            Kind::Overloaded => Error::overloaded(reason),
            Kind::Disconnected => Error::disconnected(reason),
            Kind::Unimplemented => Error::unimplemented(reason),
        })
    }

    async fn echo(
        self: Rc<Self>,
        params: interop::EchoParams,
        mut results: interop::EchoResults,
    ) -> Result<()> {
        results.get().set_data(params.get()?.get_data()?);
        Ok(())
    }

    async fn sink(
        self: Rc<Self>,
        _: interop::SinkParams,
        mut results: interop::SinkResults,
    ) -> Result<()> {
        results.get().set_sink(new_client(Sink::default()));
        Ok(())
    }
}
