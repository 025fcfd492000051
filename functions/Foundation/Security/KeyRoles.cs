using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Foundation.Security;

/// <summary>What roles and scopes allow. Roles are expanded when a key is used, so that a new version's rooms reach old keys.</summary>
internal static class KeyRoles
{
    /// <summary>The rooms that scopes name, existing and coming; an endpoint's scope names one of them (tested).</summary>
    public static readonly FrozenSet<string> Rooms = new[]
    {
        "adapters", "alerts", "approvals", "archive", "batches", "circuit-breakers", "config", "connections", "dashboard", "events", "guards",
        "health", "locks", "performance", "projections", "queues", "rate-limits", "registry", "schedules", "subscriptions", "tasks", "telemetry",
        "tracing", "validation", "workflows",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Scopes of one role.</summary>
    public static ImmutableArray<string> ScopesOf(KeyRole role) => role switch
    {
        KeyRole.Agent => ["registry:read", "registry:write", "tasks:work", "guards:read", "guards:write", "config:read", "telemetry:write"],
        KeyRole.Producer =>
        [
            "tasks:read", "tasks:write", "batches:read", "batches:write", "workflows:read", "workflows:write", "events:read", "events:write",
            "approvals:read", "queues:read", "schedules:read", "registry:read",
        ],
        KeyRole.Operator => ["*:read", "*:write"],
        KeyRole.Reader => ["*:read"],
        KeyRole.Admin => [ScopeRules.Everything],
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Every role has scopes"),
    };

    /// <summary>Everything a key allows.</summary>
    public static FrozenSet<string> Expand(ApiKey key) =>
        key.Scopes.Concat(key.Roles.SelectMany(r => ScopesOf(r))).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The services a key may act for; null means all.</summary>
    public static FrozenSet<string>? ServicesOf(ApiKey key) =>
        key.Services.IsEmpty || key.Services.Contains("*") ? null : key.Services.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What is wrong with a scope's text, or null.</summary>
    public static string? Refuse(string scope)
    {
        if (scope is ScopeRules.Everything or "*:read" or "*:write" || ScopeRules.Privileged.Contains(scope))
        {
            return null;
        }

        var colon = scope.IndexOf(':', StringComparison.Ordinal);
        var room = colon < 0 ? scope : scope[..colon];
        var action = colon < 0 ? "" : scope[(colon + 1)..];
        var dot = room.IndexOf('.', StringComparison.Ordinal);
        var kind = dot < 0 ? null : room[(dot + 1)..];
        room = dot < 0 ? room : room[..dot];
        if (!Rooms.Contains(room))
        {
            return $"'{Texts.Clip(scope)}' names no room.";
        }

        var allowed = (room, kind) switch
        {
            ("tasks", null) => action is "read" or "write" or "work" or "*",
            (_, null) => action is "read" or "write" or "*",
            // Kinds are read with config:read; only writing is split.
            ("config", { Length: > 0 }) => action is "write" && kind.All(c => c is (>= 'a' and <= 'z') or '-'),
            _ => false,
        };
        return allowed ? null : $"'{Texts.Clip(scope)}' is not <room>:read, <room>:write, tasks:work or config.<kind>:write.";
    }
}
