using Foundation.Registry;

namespace Foundation.Tasks.Dispatch;

/// <summary>The capacity of one instance as this process knows it. Guarded by the ledger's lock.</summary>
internal sealed class InstanceSlots(Instance instance)
{
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(30);

    private Instance _instance = instance;

    /// <summary>As last seen in the directory.</summary>
    public Instance Instance
    {
        get => _instance;
        set => (_instance, Keys) = (value, SlotLedger.KeysOf(value));
    }

    /// <summary>The target keys that it can serve.</summary>
    public IReadOnlyList<string> Keys { get; private set; } = SlotLedger.KeysOf(instance);

    /// <summary>Pushes of this process under way.</summary>
    public int Pushing { get; set; }

    /// <summary>Attempts answered 202 and not settled; with several processes, what a count of the rows said.</summary>
    public int Accepted { get; set; }

    /// <summary>What a count of the running lane said, with several processes.</summary>
    public int Counted { get; set; }

    /// <summary>When that count was taken.</summary>
    public DateTimeOffset CountedAt { get; set; }

    /// <summary>No slot before this: the instance said it is busy, or could not be reached.</summary>
    public DateTimeOffset BlockedUntil { get; private set; }

    /// <summary>Why it is blocked.</summary>
    public string? BlockedBecause { get; private set; }

    private int Refusals { get; set; }

    public int Open => Math.Max(Pushing + Accepted, Counted);

    public bool HasRoom(DateTimeOffset now) => Open < Instance.MaxConcurrency && BlockedUntil <= now && Instance.EligibleAt(now);

    /// <summary>The instance answered: it is well.</summary>
    public void Answered() => Refusals = 0;

    /// <summary>The instance refused or was not there: each time in a row it is left alone longer.</summary>
    public void Block(DateTimeOffset now, TimeSpan? retryAfter, string reason)
    {
        var backOff = TimeSpan.FromTicks(Math.Min(BackOffMax.Ticks, BackOffMin.Ticks << Math.Min(Refusals, 10)));
        Refusals++;
        BlockedUntil = now + (retryAfter is { } told && told > TimeSpan.Zero ? told : backOff);
        BlockedBecause = reason;
    }
}
