using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Foundation.Security;

/// <summary>A secret that a rotation replaced and that still opens the door for a while.</summary>
/// <param name="Hash">SHA-256 of the secret.</param>
/// <param name="Until">When it ends.</param>
internal sealed record PreviousSecret(byte[] Hash, DateTimeOffset Until);

/// <summary>A key as stored. The secret itself is answered once and stands nowhere; its SHA-256 stands here.</summary>
internal sealed record ApiKey
{
    /// <summary>The row's key, not part of the stored state.</summary>
    [JsonIgnore]
    public ResourceId Id { get; init; }

    /// <summary>Rises by one with every change: of two readings of a key the higher one is newer.</summary>
    public required long Number { get; init; }

    public required string Name { get; init; }

    public required byte[] Hash { get; init; }

    public PreviousSecret? Previous { get; init; }

    public ImmutableArray<KeyRole> Roles { get; init; } = [];

    public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>Services it may act for; empty: no restriction.</summary>
    public ImmutableArray<string> Services { get; init; } = [];

    public string? Tenant { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokedBy { get; init; }

    /// <summary>Whether it opens the door now, and why not.</summary>
    public KeyStatus StatusAt(DateTimeOffset now) =>
        RevokedAt is not null ? KeyStatus.Revoked : ExpiresAt <= now ? KeyStatus.Expired : KeyStatus.Active;

    /// <summary>Whether it manages the deployment.</summary>
    public bool IsAdmin => Roles.Contains(KeyRole.Admin) || Scopes.Contains(ScopeRules.Everything) || Scopes.Contains(ScopeRules.Admin);
}
