//! The time a stack takes, by peer and number of layers. The question and the touch are in
//! `benches::stack`.

use benches::stack::{LAYERS, PEERS};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn stacks(criterion: &mut Criterion) {
    for peer in PEERS {
        let mut group = criterion.benchmark_group(peer.name);
        for layers in LAYERS.into_iter().filter(|layers| *layers <= peer.most) {
            let mut run = (peer.build)(layers);
            group.bench_function(BenchmarkId::from_parameter(layers), |b| b.iter(&mut run));
        }
        group.finish();
    }
}

criterion_group!(benches, stacks);
criterion_main!(benches);
