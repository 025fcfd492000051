using System.Collections.Concurrent;

namespace Foundation.Queues;

/// <summary>What this process did with each queue in the last minute: sixty counters of a second.</summary>
public sealed class QueueActivity(TimeProvider time)
{
    private const int Seconds = 60;
    private const int QueuesMax = 10_000;
    private readonly ConcurrentDictionary<string, Ring> _rings = new(StringComparer.Ordinal);

    /// <summary>A task came in.</summary>
    public void Submitted(string queue, int count = 1) => RingOf(queue)?.Add(Now, 0, count);

    /// <summary>An attempt started.</summary>
    public void Started(string queue) => RingOf(queue)?.Add(Now, 1, 1);

    /// <summary>A task ended.</summary>
    public void Ended(string queue) => RingOf(queue)?.Add(Now, 2, 1);

    /// <summary>Tasks per second over the last minute.</summary>
    public QueueRates RatesOf(string queue) => _rings.TryGetValue(queue, out var ring) ? ring.Rates(Now) : new QueueRates(0, 0, 0);

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    private Ring? RingOf(string queue) =>
        _rings.TryGetValue(queue, out var ring) ? ring : _rings.Count < QueuesMax ? _rings.GetOrAdd(queue, static _ => new Ring()) : null;

    private sealed class Ring
    {
        private readonly Lock _gate = new();
        private readonly long[] _second = new long[Seconds];
        private readonly long[,] _counts = new long[Seconds, 3];

        public void Add(long now, int what, int count)
        {
            lock (_gate)
            {
                var slot = now % Seconds;
                if (_second[slot] != now)
                {
                    _second[slot] = now;
                    (_counts[slot, 0], _counts[slot, 1], _counts[slot, 2]) = (0, 0, 0);
                }

                _counts[slot, what] += count;
            }
        }

        public QueueRates Rates(long now)
        {
            lock (_gate)
            {
                var sums = new long[3];
                for (var slot = 0; slot < Seconds; slot++)
                {
                    for (var what = 0; what < 3 && now - _second[slot] < Seconds; what++)
                    {
                        sums[what] += _counts[slot, what];
                    }
                }

                return new QueueRates(PerSecond(sums[0]), PerSecond(sums[1]), PerSecond(sums[2]));
            }
        }

        private static double PerSecond(long sum) => Math.Round(sum / (double)Seconds, 2);
    }
}
