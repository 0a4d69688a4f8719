//! The time a stack takes, by peer and number of layers. The question and the touch are in
//! `benches::stack`.

use benches::stack::CASES;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn stacks(criterion: &mut Criterion) {
    for case in CASES {
        let mut group = criterion.benchmark_group(case.name);
        for layers in case.layers {
            let mut run = (case.build)(*layers);
            group.bench_function(BenchmarkId::from_parameter(layers), |b| b.iter(&mut run));
        }
        group.finish();
    }
}

criterion_group!(benches, stacks);
criterion_main!(benches);
