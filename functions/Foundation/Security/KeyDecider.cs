using static Foundation.Security.KeyDecision;

namespace Foundation.Security;

/// <summary>Decides what a command does to a key. Pure: no I/O, no clock, no randomness.</summary>
internal static class KeyDecider
{
    /// <summary>How long a key that has ended is still listed.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    public static KeyDecision Decide(ApiKey key, KeyCommand command, DateTimeOffset now) => (key.StatusAt(now), command) switch
    {
        (KeyStatus.Active, KeyCommand.Rotate c) => new Accepted(Rotated(key, c, now)),
        (KeyStatus.Expired, KeyCommand.Rotate) => new Refused(KeyRefusal.Expired),
        (KeyStatus.Revoked, KeyCommand.Rotate) => new Refused(KeyRefusal.Revoked),
        // A repeated revocation, or two operators at once: the first one's name stays.
        (KeyStatus.Revoked, KeyCommand.Revoke) => new Unchanged(),
        (_, KeyCommand.Revoke c) => new Accepted(key with { Number = key.Number + 1, RevokedAt = now, RevokedBy = c.By, Previous = null }),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Every command has an arm"),
    };

    /// <summary>Keys that end are deleted a while after their end; the others wait nowhere.</summary>
    public static Due Due(ApiKey key) => (key.RevokedAt ?? key.ExpiresAt) is { } end
        ? new Due(KeyTables.EndingLane, (end + Retention).ToUnixTimeMilliseconds(), Promptness.Sweep)
        : Kept(key);

    /// <summary>The last row of the table is kept for ever: where a key once existed, the door never stands open again.</summary>
    public static Due Kept(ApiKey key) => new(KeyTables.LastingLane, key.CreatedAt.ToUnixTimeMilliseconds(), Promptness.Listed);

    // Only one old secret: rotating twice within the grace ends the oldest at once.
    private static ApiKey Rotated(ApiKey key, KeyCommand.Rotate command, DateTimeOffset now) => key with
    {
        Number = key.Number + 1,
        Hash = command.Hash,
        Previous = command.Grace > TimeSpan.Zero ? new PreviousSecret(key.Hash, now + command.Grace) : null,
        RotatedAt = now,
    };
}
