using Foundation.Kernel;
using Foundation.Security;
using Xunit;

namespace Foundation.Tests.Security;

public sealed class KeyDeciderTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly KeyCommand[] Commands = [new KeyCommand.Rotate(new byte[32], TimeSpan.FromHours(1)), new KeyCommand.Revoke("key_x")];

    // (status × command) → accepted, unchanged, or the refusal.
    private static readonly Dictionary<(KeyStatus, string), string> Table = new()
    {
        [(KeyStatus.Active, "Rotate")] = "accepted",
        [(KeyStatus.Active, "Revoke")] = "accepted",
        [(KeyStatus.Expired, "Rotate")] = "Expired",
        [(KeyStatus.Expired, "Revoke")] = "accepted",
        [(KeyStatus.Revoked, "Rotate")] = "Revoked",
        [(KeyStatus.Revoked, "Revoke")] = "unchanged",
    };

    [Fact]
    public void Decide_EveryStatusAndCommand_IsAsTheTableSays()
    {
        foreach (var status in Enum.GetValues<KeyStatus>())
        {
            foreach (var command in Commands)
            {
                var decision = KeyDecider.Decide(Key(status), command, Now);
                var said = decision switch
                {
                    KeyDecision.Accepted => "accepted",
                    KeyDecision.Unchanged => "unchanged",
                    KeyDecision.Refused refused => refused.Refusal.ToString(),
                    _ => "?",
                };
                Assert.True(Table.TryGetValue((status, command.GetType().Name), out var expected), $"No row for {status} × {command.GetType().Name}");
                Assert.Equal((status, command, expected), (status, command, said));
            }
        }

        var all = typeof(KeyCommand).GetNestedTypes(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public);
        Assert.Equal(all.Length, Commands.Length);
    }

    [Fact]
    public void Rotate_WithGrace_KeepsTheOldSecretUntilItsEnd()
    {
        var key = Key(KeyStatus.Active);
        var rotated = ((KeyDecision.Accepted)KeyDecider.Decide(key, new KeyCommand.Rotate(Hash(2), TimeSpan.FromHours(1)), Now)).State;

        Assert.Equal(Hash(2), rotated.Hash);
        Assert.Equal(Hash(1), rotated.Previous!.Hash);
        Assert.Equal(Now.AddHours(1), rotated.Previous.Until);
        Assert.Equal(key.Number + 1, rotated.Number);

        var again = ((KeyDecision.Accepted)KeyDecider.Decide(rotated, new KeyCommand.Rotate(Hash(3), TimeSpan.FromHours(1)), Now)).State;
        Assert.Equal(Hash(2), again.Previous!.Hash);
    }

    [Fact]
    public void Rotate_WithoutGrace_EndsTheOldSecretAtOnce()
    {
        var rotated = ((KeyDecision.Accepted)KeyDecider.Decide(Key(KeyStatus.Active), new KeyCommand.Rotate(Hash(2), TimeSpan.Zero), Now)).State;
        Assert.Null(rotated.Previous);
    }

    [Fact]
    public void Due_OfEndingKey_IsItsRetention()
    {
        Assert.Equal("keys/lasting", KeyDecider.Due(Key(KeyStatus.Active)).Lane);
        var revoked = KeyDecider.Due(Key(KeyStatus.Revoked));
        Assert.Equal(("keys/ending", Key(KeyStatus.Revoked).RevokedAt!.Value.AddDays(30).ToUnixTimeMilliseconds()), (revoked.Lane, revoked.At));
        var expired = KeyDecider.Due(Key(KeyStatus.Expired));
        Assert.Equal(("keys/ending", Key(KeyStatus.Expired).ExpiresAt!.Value.AddDays(30).ToUnixTimeMilliseconds()), (expired.Lane, expired.At));
    }

    [Fact]
    public void Errors_EveryRefusal_HasItsOwnCode()
    {
        var codes = Enum.GetValues<KeyRefusal>().Select(KeyErrors.Of).ToList();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Contains(code, KeyErrors.All));
    }

    internal static ApiKey Key(KeyStatus status) => new()
    {
        Id = new ResourceId(7),
        Number = 3,
        Name = "a",
        Hash = Hash(1),
        Roles = [KeyRole.Producer],
        CreatedAt = Now.AddDays(-10),
        CreatedBy = "local",
        ExpiresAt = status == KeyStatus.Expired ? Now : null,
        RevokedAt = status == KeyStatus.Revoked ? Now.AddDays(-1) : null,
    };

    private static byte[] Hash(byte fill) => [.. Enumerable.Repeat(fill, 32)];
}
