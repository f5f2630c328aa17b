//! What every check stands on: a connection, the calls they share, and what they expect.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;
use std::future::Future;

use capnp::capability::RemotePromise;
use capnp::traits::{Owned, Pipelined};
use capnp::{Error, ErrorKind, Result};
use futures::future::try_join_all;

use crate::interop_capnp::*;
use crate::objects::{value_of, Journal};

/// One connection, made for one check.
pub struct Scene {
    pub interop: interop::Client,
    kept: RefCell<Vec<Box<dyn Any>>>,
}

impl Scene {
    pub fn new(interop: interop::Client) -> Self {
        Scene { interop, kept: RefCell::default() }
    }

    /// Holds on to a call for as long as the check runs: a call that is dropped is finished.
    pub fn keep<R>(&self, call: RemotePromise<R>) -> R::Pipeline
    where
        R: Pipelined + Owned + 'static,
    {
        self.kept.borrow_mut().push(Box::new(call.promise));
        call.pipeline
    }

    pub fn call_number(&self, value: i64) -> RemotePromise<interop::number_results::Owned> {
        let mut request = self.interop.number_request();
        request.get().set_value(value);
        request.send()
    }

    /// Pipelined: the call has not returned.
    pub fn number(&self, value: i64) -> number::Client {
        self.keep(self.call_number(value)).get_number()
    }

    pub async fn returned_number(&self, value: i64) -> Result<number::Client> {
        self.call_number(value).promise.await?.get()?.get_number()
    }

    pub async fn server_callback(&self) -> Result<callback::Client> {
        self.interop.callback_request().send().promise.await?.get()?.get_callback()
    }

    pub fn ask(
        &self,
        callback: callback::Client,
        times: u32,
    ) -> impl Future<Output = Result<String>> {
        let mut request = self.interop.ask_request();
        request.get().set_callback(callback);
        request.get().set_times(times);
        let call = request.send().promise;
        async {
            let response = call.await?;
            let replies = response.get()?.get_replies()?;
            let texts: Result<Vec<_>> = replies.iter().map(|text| Ok(text?.to_string()?)).collect();
            Ok(texts?.join(", "))
        }
    }

    pub async fn hanger(&self) -> Result<hanger::Client> {
        self.interop.hanger_request().send().promise.await?.get()?.get_hanger()
    }

    pub async fn nursery(&self) -> Result<nursery::Client> {
        self.interop.nursery_request().send().promise.await?.get()?.get_nursery()
    }
}

pub fn expect(condition: bool, what: &str) -> Result<()> {
    if condition {
        Ok(())
    } else {
        Err(Error::failed(what.to_string()))
    }
}

pub fn expect_equal<T: PartialEq + Debug>(actual: T, expected: T, what: &str) -> Result<()> {
    expect(actual == expected, &format!("{what} is {actual:?}, not {expected:?}"))
}

pub async fn expect_value(number: number::Client, expected: i64) -> Result<()> {
    expect_equal(value_of(number).await?, expected, "the value")
}

pub fn expect_failure<T>(outcome: Result<T>, kind: ErrorKind, reason: &str) -> Result<()> {
    match outcome {
        Ok(_) => expect(false, "the call succeeded"),
        Err(error) => {
            expect_equal(error.kind, kind, "the kind of exception")?;
            expect(error.extra.contains(reason), &format!("the reason is lost: {error}"))
        }
    }
}

pub fn expect_in_order(journal: &Journal, count: usize) -> Result<()> {
    let expected: Vec<_> = (0..count).map(|i| i.to_string()).collect();
    expect_equal(&*journal.texts.borrow(), &expected, "the order of delivery")
}

pub async fn expect_forwarded(scene: &Scene, target: callback::Client, host: &str) -> Result<()> {
    let calls = (0..10).map(|i| {
        let mut request = scene.interop.forward_request();
        request.get().set_callback(target.clone());
        request.get().set_text(i.to_string());
        request.send().promise
    });
    for (i, reply) in (0..).zip(try_join_all(calls).await?) {
        expect_equal(reply.get()?.get_text()?.to_str()?, &format!("{host}: {i}"), "the reply")?;
    }
    Ok(())
}
