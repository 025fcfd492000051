using Microsoft.Extensions.Time.Testing;

namespace Foundation.Tests.Registry;

/// <summary>A fake clock whose wall time can step while timers and the monotonic clock go on, as when somebody sets the date.</summary>
internal sealed class SteppedTime(FakeTimeProvider inner) : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Offset;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
