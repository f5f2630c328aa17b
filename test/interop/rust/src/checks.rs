//! What a client checks of a server; README.md says what each check claims.

use std::future::Future;
use std::rc::Rc;

use capnp::capability::{FromClientHook, RemotePromise};
use capnp::{ErrorKind, Result};
use futures::future::{try_join_all, LocalBoxFuture};

use crate::interop_capnp::*;
use crate::objects::{new_callback, new_number, new_promise, notify, value_of, Journal};
use crate::sample;
use crate::scene::*;

const PURPOSE: &str = "on purpose";
const CONCURRENT_CALLS: u32 = 200;
const BIG_SIZES_BYTES: [usize; 2] = [1 << 20, 8 << 20];
const CHUNKS: usize = 64;
const CHUNK_BYTES: usize = 16 << 10;

pub struct Check {
    pub name: &'static str,
    pub run: fn(Scene) -> LocalBoxFuture<'static, Result<()>>,
}

macro_rules! checks {
    ($($name:literal $run:expr,)*) => {
        &[$(Check { name: $name, run: |scene| Box::pin($run(scene)) }),*]
    };
}

pub const CHECKS: &[Check] = checks! {
    "values-sent" values_sent,
    "values-received" values_received,
    "pipeline-chain" pipeline_chain,
    "pipeline-path" pipeline_path,
    "pipeline-parameter" pipeline_parameter,
    "pipeline-dropped-parent" pipeline_dropped_parent,
    "pipeline-broken" pipeline_broken,
    "capability-list" capability_list,
    "callback" callback,
    "null-capability" null_capability,
    "promise-parameter" promise_parameter,
    "promise-to-server" promise_to_server,
    "embargo-on-return" embargo_on_return,
    "resolve-to-caller" resolve_to_caller,
    "resolve-to-server" resolve_to_server,
    "resolve-broken" resolve_broken,
    "exception-failed" |scene| exception(scene, Kind::Failed, ErrorKind::Failed),
    "exception-overloaded" |scene| exception(scene, Kind::Overloaded, ErrorKind::Overloaded),
    "exception-disconnected" |scene| exception(scene, Kind::Disconnected, ErrorKind::Disconnected),
    "exception-unimplemented" |scene| exception(scene, Kind::Unimplemented, ErrorKind::Unimplemented),
    "unknown-method" unknown_method,
    "cancel-seen" cancel_seen,
    "cancel-drops-parameters" cancel_drops_parameters,
    "release-counted" release_counted,
    "release-dropped-call" release_dropped_call,
    "release-by-server" release_by_server,
    "tail-call-to-caller" tail_call_to_caller,
    "tail-call-to-server" tail_call_to_server,
    "big-data" big_data,
    "concurrent-calls" concurrent_calls,
    "stream" stream,
};

// Values

async fn values_sent(scene: Scene) -> Result<()> {
    let mut request = scene.interop.check_sample_request();
    sample::fill(request.get().init_sample())?;
    let response = request.send().promise.await?;
    expect_equal(response.get()?.get_difference()?.to_str()?, "", "the difference")
}

async fn values_received(scene: Scene) -> Result<()> {
    let response = scene.interop.give_sample_request().send().promise.await?;
    let difference = sample::difference(response.get()?.get_sample()?)?;
    expect_equal(difference.as_str(), "", "the difference")
}

// Pipelines

async fn pipeline_chain(scene: Scene) -> Result<()> {
    let mut last = scene.number(1);
    for _ in 0..50 {
        let mut request = last.plus_request();
        request.get().set_amount(1);
        last = scene.keep(request.send()).get_number();
    }
    expect_value(last, 51).await
}

async fn pipeline_path(scene: Scene) -> Result<()> {
    let mut request = scene.interop.box_request();
    request.get().set_value(7);
    expect_value(scene.keep(request.send()).get_box().get_inner().get_number(), 7).await
}

async fn pipeline_parameter(scene: Scene) -> Result<()> {
    let call = scene.interop.callback_request().send();
    expect_forwarded(&scene, call.pipeline.get_callback(), "server").await
}

/// Of the two calls made here only the second is held on to: the first is finished at once.
fn sum_of_dropped(scene: &Scene) -> number::Client {
    let mut request = scene.call_number(4).pipeline.get_number().plus_request();
    request.get().set_amount(1);
    scene.keep(request.send()).get_number()
}

async fn pipeline_dropped_parent(scene: Scene) -> Result<()> {
    expect_value(sum_of_dropped(&scene), 5).await
}

async fn pipeline_broken(scene: Scene) -> Result<()> {
    let mut request = scene.interop.fail_request();
    request.get().set_kind(Kind::Failed);
    request.get().set_reason(PURPOSE);
    let broken = scene.keep(request.send()).get_number();
    expect_failure(value_of(broken).await, ErrorKind::Failed, PURPOSE)?;
    expect_value(scene.number(3), 3).await
}

// Capabilities as parameters

async fn capability_list(scene: Scene) -> Result<()> {
    let theirs = scene.returned_number(1).await?;
    let another = scene.returned_number(300).await?;
    let numbers = [theirs.clone(), new_number(20), theirs, another];
    let mut request = scene.interop.sum_request();
    let mut list = request.get().init_numbers(numbers.len() as u32);
    for (i, number) in (0..).zip(numbers) {
        list.set(i, number.into_client_hook());
    }
    expect_equal(request.send().promise.await?.get()?.get_sum(), 322, "the sum")
}

async fn callback(scene: Scene) -> Result<()> {
    let replies = scene.ask(new_callback("caller", Rc::default()), 3).await?;
    expect_equal(&*replies, "caller: ask 0, caller: ask 1, caller: ask 2", "the replies")
}

async fn null_capability(scene: Scene) -> Result<()> {
    let response = scene.interop.is_null_request().send().promise.await?;
    expect(response.get()?.get_is_null(), "null arrived as an object")?;
    let mut request = scene.interop.is_null_request();
    request.get().set_callback(new_callback("caller", Rc::default()));
    expect(!request.send().promise.await?.get()?.get_is_null(), "an object arrived as null")
}

async fn promise_parameter(scene: Scene) -> Result<()> {
    let (promise, settle) = new_promise();
    let call = scene.ask(promise, 2);
    expect_value(scene.number(1), 1).await?;
    let _ = settle.send(Ok(new_callback("caller", Rc::default())));
    expect_equal(&*call.await?, "caller: ask 0, caller: ask 1", "the replies")
}

async fn promise_to_server(scene: Scene) -> Result<()> {
    let (promise, settle) = new_promise();
    let call = scene.ask(promise, 2);
    let _ = settle.send(Ok(scene.server_callback().await?));
    expect_equal(&*call.await?, "server: ask 0, server: ask 1", "the replies")
}

// Promises that resolve, and the embargo

fn notify_all(
    callback: &callback::Client,
    numbers: std::ops::Range<usize>,
) -> Vec<impl Future<Output = Result<String>> + 'static> {
    numbers.map(|i| notify(callback, &i.to_string())).collect()
}

async fn embargo_on_return(scene: Scene) -> Result<()> {
    let journal = Rc::new(Journal::default());
    let mut request = scene.interop.identity_request();
    request.get().set_callback(new_callback("caller", journal.clone()));
    let RemotePromise { promise, pipeline } = request.send();
    let own = pipeline.get_callback();
    let mut calls = notify_all(&own, 0..3);
    promise.await?;
    calls.extend(notify_all(&own, 3..6));
    try_join_all(calls).await?;
    expect_in_order(&journal, 6)
}

/// An object that settles a promise, and the promise.
async fn later(scene: &Scene) -> Result<(later::Client, callback::Client)> {
    let later = scene.keep(scene.interop.later_request().send()).get_later();
    let promised = later.callback_request().send().promise.await?.get()?.get_callback()?;
    Ok((later, promised))
}

async fn resolve_to_caller(scene: Scene) -> Result<()> {
    let journal = Rc::new(Journal::default());
    let (later, promised) = later(&scene).await?;
    let mut calls = notify_all(&promised, 0..3);
    let mut request = later.fulfil_request();
    request.get().set_callback(new_callback("caller", journal.clone()));
    let fulfilled = request.send().promise;
    calls.extend(notify_all(&promised, 3..6));
    fulfilled.await?;
    calls.extend(notify_all(&promised, 6..9));
    try_join_all(calls).await?;
    expect_in_order(&journal, 9)
}

async fn resolve_to_server(scene: Scene) -> Result<()> {
    let (later, promised) = later(&scene).await?;
    let before = notify(&promised, "before");
    let mut request = later.fulfil_request();
    request.get().set_callback(scene.server_callback().await?);
    request.send().promise.await?;
    expect_equal(&*before.await?, "server: before", "a reply")?;
    expect_equal(&*notify(&promised, "after").await?, "server: after", "a reply")
}

async fn resolve_broken(scene: Scene) -> Result<()> {
    let (later, promised) = later(&scene).await?;
    let before = notify(&promised, "before");
    let mut request = later.reject_request();
    request.get().set_reason(PURPOSE);
    request.send().promise.await?;
    expect_failure(before.await, ErrorKind::Failed, PURPOSE)?;
    expect_failure(notify(&promised, "after").await, ErrorKind::Failed, PURPOSE)
}

// Exceptions

async fn exception(scene: Scene, kind: Kind, expected: ErrorKind) -> Result<()> {
    let mut request = scene.interop.fail_request();
    request.get().set_kind(kind);
    request.get().set_reason(PURPOSE);
    expect_failure(request.send().promise.await, expected, PURPOSE)?;
    expect_value(scene.number(3), 3).await
}

async fn unknown_method(scene: Scene) -> Result<()> {
    let newer: newer::Client = scene.interop.clone().cast_to();
    let outcome = newer.added_request().send().promise.await;
    expect_failure(outcome, ErrorKind::Unimplemented, "")?;
    let inherited: interop::Client = newer.cast_to();
    let mut request = inherited.number_request();
    request.get().set_value(5);
    expect_value(scene.keep(request.send()).get_number(), 5).await
}

// Cancellation and release

async fn cancel_seen(scene: Scene) -> Result<()> {
    let hanger = scene.hanger().await?;
    let call = hanger.hang_request().send();
    expect_value(scene.number(1), 1).await?;
    drop(call);
    hanger.when_cancelled_request().send().promise.await?;
    Ok(())
}

async fn cancel_drops_parameters(scene: Scene) -> Result<()> {
    let witness = Rc::new(Journal::default());
    let mut request = scene.hanger().await?.hang_request();
    request.get().set_witness(new_callback("caller", witness.clone()));
    let call = request.send();
    expect_value(scene.number(1), 1).await?;
    drop(call);
    witness.released.notified().await;
    Ok(())
}

async fn await_live(nursery: &nursery::Client, count: u32) -> Result<()> {
    let mut request = nursery.when_live_request();
    request.get().set_count(count);
    request.send().promise.await?;
    Ok(())
}

async fn make(nursery: &nursery::Client) -> Result<child::Client> {
    nursery.make_request().send().promise.await?.get()?.get_child()
}

async fn release_counted(scene: Scene) -> Result<()> {
    let nursery = scene.nursery().await?;
    let (first, second, kept) =
        (make(&nursery).await?, make(&nursery).await?, make(&nursery).await?);
    let live = nursery.live_request().send().promise.await?.get()?.get_count();
    expect_equal(live, 3, "the live count")?;
    drop((first, second));
    await_live(&nursery, 1).await?;
    kept.ping_request().send().promise.await?;
    drop(kept);
    await_live(&nursery, 0).await
}

async fn release_dropped_call(scene: Scene) -> Result<()> {
    let nursery = scene.nursery().await?;
    drop(nursery.make_request().send());
    let kept = make(&nursery).await?;
    await_live(&nursery, 1).await?;
    kept.ping_request().send().promise.await?;
    Ok(())
}

async fn release_by_server(scene: Scene) -> Result<()> {
    let journal = Rc::new(Journal::default());
    let mut request = scene.interop.holder_request();
    request.get().set_callback(new_callback("caller", journal.clone()));
    let holder = request.send().promise.await?.get()?.get_holder()?;
    let mut request = holder.notify_request();
    request.get().set_text("held");
    let reply = request.send().promise.await?;
    expect_equal(reply.get()?.get_text()?.to_str()?, "caller: held", "the reply")?;
    drop((holder, reply));
    journal.released.notified().await;
    Ok(())
}

// Tail calls

async fn tail_call_to_caller(scene: Scene) -> Result<()> {
    let journal = Rc::new(Journal::default());
    expect_forwarded(&scene, new_callback("caller", journal.clone()), "caller").await?;
    expect_in_order(&journal, 10)
}

async fn tail_call_to_server(scene: Scene) -> Result<()> {
    expect_forwarded(&scene, scene.server_callback().await?, "server").await
}

// Volume

async fn big_data(scene: Scene) -> Result<()> {
    for size_bytes in BIG_SIZES_BYTES {
        let data: Vec<u8> = (0..size_bytes).map(|i| (i * 31 + (i >> 8)) as u8).collect();
        let mut request = scene.interop.echo_request();
        request.get().set_data(&data);
        let response = request.send().promise.await?;
        let same = response.get()?.get_data()? == data;
        expect(same, &format!("the echo of {size_bytes} bytes differs"))?;
    }
    Ok(())
}

async fn concurrent_calls(scene: Scene) -> Result<()> {
    let gate = scene.keep(scene.interop.gate_request().send()).get_gate();
    let calls = (0..CONCURRENT_CALLS).map(|_| {
        let mut request = gate.meet_request();
        request.get().set_total(CONCURRENT_CALLS);
        request.send().promise
    });
    for (i, response) in (0..).zip(try_join_all(calls).await?) {
        expect_equal(response.get()?.get_place(), i, "the place")?;
    }
    Ok(())
}

async fn stream(scene: Scene) -> Result<()> {
    let sink = scene.keep(scene.interop.sink_request().send()).get_sink();
    let chunk = vec![0; CHUNK_BYTES];
    for _ in 0..CHUNKS {
        let mut request = sink.write_request();
        request.get().set_chunk(&chunk);
        request.send().await?;
    }
    let bytes = sink.done_request().send().promise.await?.get()?.get_bytes();
    expect_equal(bytes, (CHUNKS * CHUNK_BYTES) as u64, "the bytes")
}
