using System.Collections.Immutable;

namespace Foundation.Retry;

/// <summary>
/// A composable, pure stream of delays: a source (<c>exponential(1s, 2)</c>) and operators on it (<c>cap(5m)</c>,
/// <c>jitter(0.2)</c>, <c>take(10)</c>), in the order in which they are applied. Every delay can be computed by itself from the
/// number of the retry, a seed, the time since the first failure and the delay before; nothing is replayed, nothing is remembered.
/// The form is that of ElixirRetry (delay streams with cap, jitter, expiry); the names of jitters are those of the AWS
/// Architecture Blog, "Exponential Backoff And Jitter" (2015); sources saturate as in Polly v8.
/// </summary>
public sealed class DelayStream : IEquatable<DelayStream>
{
    /// <summary>The most retries that any stream gives, with or without <c>take</c>.</summary>
    public const int RetriesMax = 10_000;

    private readonly DelaySource _source;
    private readonly ImmutableArray<DelayOperator> _operators;
    private readonly string _text;

    internal DelayStream(DelaySource source, ImmutableArray<DelayOperator> operators)
    {
        _source = source;
        _operators = operators;
        _text = string.Join(" | ", operators.Select(stage => stage.ToString()).Prepend(source.ToString()));
    }

    /// <summary><c>exponential(1s, 2) | cap(5m) | jitter(0.2) | take(10)</c></summary>
    public static DelayStream Default { get; } =
        Exponential(TimeSpan.FromSeconds(1), 2).Cap(TimeSpan.FromMinutes(5)).Jitter(0.2).Take(10);

    /// <summary>The same delay each time.</summary>
    public static DelayStream Fixed(TimeSpan delay) => new(new DelaySource.Fixed(delay), []);

    /// <summary><c>initial, initial + increment, initial + 2 × increment, …</c></summary>
    public static DelayStream Linear(TimeSpan initial, TimeSpan increment) => new(new DelaySource.Linear(initial, increment), []);

    /// <summary><c>initial, initial × factor, initial × factor², …</c></summary>
    public static DelayStream Exponential(TimeSpan initial, double factor = 2) => new(new DelaySource.Exponential(initial, factor), []);

    /// <summary><c>1, 1, 2, 3, 5, …</c> times the unit.</summary>
    public static DelayStream Fibonacci(TimeSpan unit) => new(new DelaySource.Fibonacci(unit), []);

    /// <summary>
    /// AWS "decorrelated jitter": between <paramref name="least"/> and three times the delay before, at most <paramref name="most"/>.
    /// </summary>
    public static DelayStream Decorrelated(TimeSpan least, TimeSpan most) => new(new DelaySource.Decorrelated(least, most), []);

    /// <summary>Starts at <paramref name="start"/>; each delay differs from the one before by at most <paramref name="step"/>.</summary>
    public static DelayStream RandomWalk(TimeSpan start, TimeSpan step) => new(new DelaySource.RandomWalk(start, step), []);

    /// <summary>Reads the text form; see <see cref="RetryExpression"/>.</summary>
    public static Outcome<DelayStream> Parse(string text, string path = "") => RetryExpression.Parse(text, path);

    /// <summary>No delay is longer than this.</summary>
    public DelayStream Cap(TimeSpan most) => With(new DelayOperator.Cap(most));

    /// <summary>Proportional jitter: each delay ± up to this share of it.</summary>
    public DelayStream Jitter(double share) => With(new DelayOperator.Jitter(share));

    /// <summary>AWS "full jitter": anywhere between nothing and the delay.</summary>
    public DelayStream FullJitter() => With(new DelayOperator.Full());

    /// <summary>AWS "equal jitter": half of the delay, and anything up to the other half.</summary>
    public DelayStream EqualJitter() => With(new DelayOperator.Equal());

    /// <summary>At most so many retries.</summary>
    public DelayStream Take(int count) => With(new DelayOperator.Take(count));

    /// <summary>No retry that would start later than this after the first failure.</summary>
    public DelayStream Expire(TimeSpan after) => With(new DelayOperator.Expire(after));

    /// <summary>The delay before a retry, or null where the stream has ended. Pure: the same arguments give the same delay.</summary>
    /// <param name="retry">1 for the first retry.</param>
    /// <param name="seed">Where its randomness comes from.</param>
    /// <param name="elapsedSinceFirst">Since the first failure.</param>
    /// <param name="previousDelay">The delay before the retry before; zero at the first.</param>
    public TimeSpan? DelayBefore(int retry, uint seed, TimeSpan elapsedSinceFirst, TimeSpan previousDelay) =>
        Next(new DelayQuestion(retry, seed, elapsedSinceFirst, previousDelay)).Delay;

    /// <summary>The first delays as they will be, if each attempt fails at once: for dry runs. At most <see cref="RetriesMax"/>.</summary>
    public IReadOnlyList<TimeSpan> Preview(int count, uint seed)
    {
        var delays = new List<TimeSpan>();
        var elapsed = TimeSpan.Zero;
        var previous = TimeSpan.Zero;
        while (delays.Count < Math.Min(count, RetriesMax) && DelayBefore(delays.Count + 1, seed, elapsed, previous) is { } delay)
        {
            delays.Add(delay);
            elapsed += delay;
            previous = delay;
        }

        return delays;
    }

    /// <summary>The canonical text; parsing it gives an equal stream.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(DelayStream? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DelayStream);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The delay, or which stage ended the stream.</summary>
    internal (TimeSpan? Delay, string? EndedBy) Next(DelayQuestion question)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(question.Retry, 1);
        if (question.Retry > RetriesMax) return (null, $"take({RetriesMax})");
        var ticks = _source.Ticks(question, new DelayDice(question.Seed, question.Retry, 0));
        for (var i = 0; i < _operators.Length; i++)
        {
            ticks = _operators[i].Apply(ticks, question, new DelayDice(question.Seed, question.Retry, i + 1));
            if (ticks < 0) return (null, _operators[i].ToString());
        }

        return (new TimeSpan((long)Math.Min(ticks, Durations.Max.Ticks)), null);
    }

    /// <summary>The operator that refuses a retry which starts so long after the first failure, or null.</summary>
    internal string? ExpiredBy(TimeSpan start)
    {
        foreach (var stage in _operators)
        {
            if (stage is DelayOperator.Expire expire && start > expire.After) return expire.ToString();
        }

        return null;
    }

    private DelayStream With(DelayOperator stage) => new(_source, _operators.Add(stage));
}
