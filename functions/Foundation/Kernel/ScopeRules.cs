namespace Foundation.Kernel;

/// <summary>
/// What a held scope allows. Scopes are <c>room:read</c>, <c>room:write</c> and few of their own; wildcards are <c>room:*</c>,
/// <c>*:read</c>, <c>*:write</c> and <c>*</c>.
/// </summary>
/// <remarks>
/// <c>config:write</c> covers <c>config.queues:write</c> and every other kind, except the privileged ones: those, and the scopes in
/// <see cref="Privileged"/>, are held by name or by <c>*</c>, so that no wildcard hands them out by accident.
/// </remarks>
public static class ScopeRules
{
    /// <summary>Everything.</summary>
    public const string Everything = "*";

    /// <summary>Managing keys and the deployment itself.</summary>
    public const string Admin = "admin";

    /// <summary>What every known caller may do: asking who it is. No key names it.</summary>
    public const string AnyKey = "any";

    /// <summary>Naming any tenant by <c>Foundation-Tenant</c>.</summary>
    public const string AnyTenant = "tenants:any";

    /// <summary>Writing a document that refers to a secret.</summary>
    public const string UseSecrets = "secrets:use";

    /// <summary>Scopes that no wildcard but <c>*</c> covers.</summary>
    public static IReadOnlySet<string> Privileged { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        Admin, AnyTenant, UseSecrets,
        "config.adapters:write", "config.contacts:write", "config.subscriptions:write", "config.tenants:write",
    };

    /// <summary>Whether somebody who holds these scopes may do what needs that one.</summary>
    public static bool Allow(IReadOnlySet<string> held, string needed)
    {
        if (needed == AnyKey || held.Contains(Everything) || held.Contains(needed))
        {
            return true;
        }

        var colon = needed.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || Privileged.Contains(needed))
        {
            return false;
        }

        var (room, action) = (needed[..colon], needed[(colon + 1)..]);
        var dot = room.IndexOf('.', StringComparison.Ordinal);
        return held.Contains(room + ":*")
            || held.Contains("*:" + action)
            || (dot > 0 && (held.Contains(room[..dot] + ":" + action) || held.Contains(room[..dot] + ":*")));
    }
}
