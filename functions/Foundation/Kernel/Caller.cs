namespace Foundation.Kernel;

/// <summary>
/// Who asks: the first argument of every service method. The tenant stands in every row and is checked on every read.
/// </summary>
/// <param name="KeyId">The key's id, <c>local</c> for the keyless loopback caller, <c>system</c> for workers.</param>
/// <param name="Tenant">The tenant whose data this caller sees and touches.</param>
/// <param name="Scopes">What the caller may do, as <c>room:read</c> or <c>room:write</c>; <c>*</c> is everything.</param>
public sealed record Caller(string KeyId, string Tenant, IReadOnlySet<string> Scopes)
{
    /// <summary>The tenant of callers that name none.</summary>
    public const string DefaultTenant = "default";

    /// <summary>Foundation's own workers: every tenant, every scope.</summary>
    public static Caller System { get; } = new("system", DefaultTenant, new HashSet<string> { "*" }) { AnyTenant = true };

    /// <summary>Whether rows of every tenant are visible (workers only).</summary>
    public bool AnyTenant { get; init; }

    /// <summary>Services whose agents this key may act for; null means all.</summary>
    public IReadOnlySet<string>? Services { get; init; }

    /// <summary>Whether the caller sees rows of this tenant.</summary>
    public bool Sees(string tenant) => AnyTenant || string.Equals(Tenant, tenant, StringComparison.Ordinal);

    /// <summary>Whether the caller may do what needs this scope: see <see cref="ScopeRules"/>.</summary>
    public bool Has(string scope) => ScopeRules.Allow(Scopes, scope);
}
