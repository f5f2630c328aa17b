//! The objects behind the bootstrap object; a client lends numbers and callbacks too.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use capnp::{Error, Result};
use capnp_rpc::{new_client, new_future_client};
use futures::channel::oneshot;
use futures::future::pending;
use tokio::sync::{watch, Notify};

use crate::interop_capnp::*;

pub fn new_number(value: i64) -> number::Client {
    new_client(Number { value })
}

struct Number {
    value: i64,
}

impl number::Server for Number {
    async fn value(
        self: Rc<Self>,
        _: number::ValueParams,
        mut results: number::ValueResults,
    ) -> Result<()> {
        results.get().set_value(self.value);
        Ok(())
    }

    async fn plus(
        self: Rc<Self>,
        params: number::PlusParams,
        mut results: number::PlusResults,
    ) -> Result<()> {
        results.get().set_number(new_number(self.value + params.get()?.get_amount()));
        Ok(())
    }
}

pub async fn value_of(number: number::Client) -> Result<i64> {
    let response = number.value_request().send().promise.await?;
    Ok(response.get()?.get_value())
}

/// What happened to a callback that this process lends out.
#[derive(Default)]
pub struct Journal {
    pub texts: RefCell<Vec<String>>,
    pub released: Notify,
}

/// Hosts a callback that answers "<host>: <text>".
pub fn new_callback(host: &'static str, journal: Rc<Journal>) -> callback::Client {
    new_client(Callback { host, journal })
}

struct Callback {
    host: &'static str,
    journal: Rc<Journal>,
}

impl callback::Server for Callback {
    async fn notify(
        self: Rc<Self>,
        params: callback::NotifyParams,
        mut results: callback::NotifyResults,
    ) -> Result<()> {
        let text = params.get()?.get_text()?.to_str()?;
        self.journal.texts.borrow_mut().push(text.to_string());
        results.get().set_text(format!("{}: {text}", self.host));
        Ok(())
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        self.journal.released.notify_one();
    }
}

/// The call is made at once; the future is for its reply.
pub fn notify(
    callback: &callback::Client,
    text: &str,
) -> impl std::future::Future<Output = Result<String>> + 'static {
    let mut request = callback.notify_request();
    request.get().set_text(text);
    let reply = request.send().promise;
    async { Ok(reply.await?.get()?.get_text()?.to_string()?) }
}

pub struct Later {
    promise: callback::Client,
    settle: Cell<Option<oneshot::Sender<Result<callback::Client>>>>,
}

impl Later {
    pub fn new() -> Self {
        let (promise, settle) = new_promise();
        Later { promise, settle: Cell::new(Some(settle)) }
    }

    fn settle(&self, outcome: Result<callback::Client>) {
        if let Some(settle) = self.settle.take() {
            let _ = settle.send(outcome);
        }
    }
}

pub fn new_promise() -> (callback::Client, oneshot::Sender<Result<callback::Client>>) {
    let (settle, settled) = oneshot::channel();
    let promise = new_future_client(async {
        settled.await.unwrap_or_else(|_| Err(Error::failed("never settled".into())))
    });
    (promise, settle)
}

impl later::Server for Later {
    async fn callback(
        self: Rc<Self>,
        _: later::CallbackParams,
        mut results: later::CallbackResults,
    ) -> Result<()> {
        results.get().set_callback(self.promise.clone());
        Ok(())
    }

    async fn fulfil(
        self: Rc<Self>,
        params: later::FulfilParams,
        _: later::FulfilResults,
    ) -> Result<()> {
        self.settle(Ok(params.get()?.get_callback()?));
        Ok(())
    }

    async fn reject(
        self: Rc<Self>,
        params: later::RejectParams,
        _: later::RejectResults,
    ) -> Result<()> {
        self.settle(Err(Error::failed(params.get()?.get_reason()?.to_string()?)));
        Ok(())
    }
}

pub struct Holder {
    pub callback: callback::Client,
}

impl holder::Server for Holder {
    async fn notify(
        self: Rc<Self>,
        params: holder::NotifyParams,
        mut results: holder::NotifyResults,
    ) -> Result<()> {
        let text = notify(&self.callback, params.get()?.get_text()?.to_str()?).await?;
        results.get().set_text(text);
        Ok(())
    }
}

pub struct Nursery {
    pub live: Rc<watch::Sender<u32>>,
}

impl nursery::Server for Nursery {
    async fn make(
        self: Rc<Self>,
        _: nursery::MakeParams,
        mut results: nursery::MakeResults,
    ) -> Result<()> {
        self.live.send_modify(|live| *live += 1);
        results.get().set_child(new_client(Child { live: self.live.clone() }));
        Ok(())
    }

    async fn live(
        self: Rc<Self>,
        _: nursery::LiveParams,
        mut results: nursery::LiveResults,
    ) -> Result<()> {
        results.get().set_count(*self.live.borrow());
        Ok(())
    }

    async fn when_live(
        self: Rc<Self>,
        params: nursery::WhenLiveParams,
        _: nursery::WhenLiveResults,
    ) -> Result<()> {
        let count = params.get()?.get_count();
        wait_until(&self.live, |live| *live == count).await
    }
}

async fn wait_until<T>(value: &watch::Sender<T>, condition: impl FnMut(&T) -> bool) -> Result<()> {
    let outcome = value.subscribe().wait_for(condition).await.map(|_| ());
    outcome.map_err(|closed| Error::failed(closed.to_string()))
}

struct Child {
    live: Rc<watch::Sender<u32>>,
}

impl child::Server for Child {
    async fn ping(self: Rc<Self>, _: child::PingParams, _: child::PingResults) -> Result<()> {
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.live.send_modify(|live| *live -= 1);
    }
}

pub struct Hanger {
    pub cancelled: watch::Sender<bool>,
}

impl hanger::Server for Hanger {
    /// A cancelled call is a dropped future: of the witness, held by `params`, and of `_call`.
    async fn hang(
        self: Rc<Self>,
        params: hanger::HangParams,
        _: hanger::HangResults,
    ) -> Result<()> {
        let _call = HangingCall { hanger: self, _params: params };
        pending().await
    }

    async fn when_cancelled(
        self: Rc<Self>,
        _: hanger::WhenCancelledParams,
        _: hanger::WhenCancelledResults,
    ) -> Result<()> {
        wait_until(&self.cancelled, |cancelled| *cancelled).await
    }
}

struct HangingCall {
    hanger: Rc<Hanger>,
    _params: hanger::HangParams,
}

impl Drop for HangingCall {
    fn drop(&mut self) {
        self.hanger.cancelled.send_replace(true);
    }
}

pub struct Gate {
    pub here: watch::Sender<u32>,
}

impl gate::Server for Gate {
    async fn meet(
        self: Rc<Self>,
        params: gate::MeetParams,
        mut results: gate::MeetResults,
    ) -> Result<()> {
        let (place, total) = (*self.here.borrow(), params.get()?.get_total());
        self.here.send_modify(|here| *here += 1);
        wait_until(&self.here, |here| *here == total).await?;
        results.get().set_place(place);
        Ok(())
    }
}

#[derive(Default)]
pub struct Sink {
    bytes: Cell<u64>,
}

impl sink::Server for Sink {
    async fn write(self: Rc<Self>, params: sink::WriteParams) -> Result<()> {
        self.bytes.set(self.bytes.get() + params.get()?.get_chunk()?.len() as u64);
        Ok(())
    }

    async fn done(
        self: Rc<Self>,
        _: sink::DoneParams,
        mut results: sink::DoneResults,
    ) -> Result<()> {
        results.get().set_bytes(self.bytes.get());
        Ok(())
    }
}
