using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Foundation.Security;

/// <summary>Says who a request comes from: a key, the bootstrap key, or, while there is no key, somebody on this machine.</summary>
internal sealed class KeyDoorkeeper(
    KeyRing ring, TimeProvider time, IOptions<SecurityOptions> options, SecurityInstruments instruments, ILogger<KeyDoorkeeper> logger)
{
    public const string TenantHeader = "Foundation-Tenant";
    private const string Scheme = "Bearer ";

    private static readonly HashSet<string> Everything = new([ScopeRules.Everything], StringComparer.Ordinal);
    private static readonly Caller Local = new("local", Caller.DefaultTenant, Everything);
    private static readonly Caller Bootstrap = new("bootstrap", Caller.DefaultTenant, Everything);

    private readonly byte[]? _bootstrapHash = options.Value.BootstrapKey is { } key ? HashOf(key) : null;
    private int _bootstrapTold;

    /// <summary>The caller, or 401 (who are you) or 403 (not that tenant). Scopes are checked after it.</summary>
    public async ValueTask<Outcome<Caller>> AdmitAsync(HttpContext http, CancellationToken ct)
    {
        string? authorization = http.Request.Headers.Authorization;
        var caller = string.IsNullOrEmpty(authorization) ? await AdmitKeylessAsync(http, ct) : await AdmitKeyAsync(authorization, ct);
        return caller.Ok ? ForTenant(caller.Value, http) : caller;
    }

    private async ValueTask<Outcome<Caller>> AdmitKeyAsync(string authorization, CancellationToken ct)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Refuse("scheme", "Only Authorization: Bearer is understood.");
        }

        var token = authorization.AsMemory(Scheme.Length).Trim();
        if (await IsBootstrapAsync(token, ct))
        {
            return Bootstrap;
        }

        var hash = new byte[SHA256.HashSizeInBytes];
        if (!KeyToken.TryRead(token.Span, out var id, hash) || await ring.FindAsync(id, ct) is not { } known)
        {
            return Refuse("unknown", "The key is not known here.");
        }

        var (key, now) = (known.Key, time.GetUtcNow());
        // Both comparisons always run, so that their time tells nothing.
        var present = CryptographicOperations.FixedTimeEquals(hash, key.Hash);
        var previous = CryptographicOperations.FixedTimeEquals(hash, key.Previous?.Hash ?? key.Hash);
        if (!present && !(previous && key.Previous is not null))
        {
            return Refuse("unknown", "The key is not known here.");
        }

        if (!present && key.Previous!.Until <= now)
        {
            return Refuse("rotated", "The key was rotated and its old secret has ended.");
        }

        return key.StatusAt(now) switch
        {
            KeyStatus.Revoked => Refuse("revoked", "The key was revoked."),
            KeyStatus.Expired => Refuse("expired", "The key has expired."),
            _ => known.Caller,
        };
    }

    private async ValueTask<bool> IsBootstrapAsync(ReadOnlyMemory<char> token, CancellationToken ct)
    {
        if (await FindBootstrapHashAsync(token, ct) is not { } bootstrap
            || !CryptographicOperations.FixedTimeEquals(HashOf(token.ToString()), bootstrap)
            || await ring.AnyActiveAdminAsync(ct))
        {
            return false;
        }

        if (Interlocked.Exchange(ref _bootstrapTold, 1) == 0)
        {
            logger.BootstrapUsed();
        }

        return true;
    }

    private async ValueTask<byte[]?> FindBootstrapHashAsync(ReadOnlyMemory<char> token, CancellationToken ct)
    {
        if (_bootstrapHash is not null || options.Value.FindBootstrapKey is not { } find || KeyToken.TryRead(token.Span, out _, new byte[SHA256.HashSizeInBytes]))
        {
            return _bootstrapHash;
        }

        return await find(ct) is { } kept ? HashOf(kept) : null;
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private async ValueTask<Outcome<Caller>> AdmitKeylessAsync(HttpContext http, CancellationToken ct)
    {
        if (!options.Value.OpenOnLoopback || _bootstrapHash is not null || await ring.AnyAsync(ct))
        {
            return Refuse("missing", "A key is needed.");
        }

        return LocalCallers.Refuse(http) is { } why ? Refuse("not-local", why) : Local;
    }

    private Outcome<Caller> ForTenant(Caller caller, HttpContext http)
    {
        string? tenant = http.Request.Headers[TenantHeader];
        if (string.IsNullOrEmpty(tenant) || string.Equals(tenant, caller.Tenant, StringComparison.Ordinal))
        {
            return caller;
        }

        if (!caller.Has(ScopeRules.AnyTenant))
        {
            instruments.Refused("tenant");
            return new Problem(ApiErrors.Forbidden, $"The key does not hold '{ScopeRules.AnyTenant}', so {TenantHeader} may not name another tenant.");
        }

        return KeyRequestCheck.IsTenant(tenant)
            ? caller with { Tenant = tenant }
            : new Problem(ApiErrors.Invalid, $"{TenantHeader} '{Texts.Clip(tenant)}' is not a tenant's name: lower-case letters, digits and . _ : -");
    }

    private Problem Refuse(string reason, string detail)
    {
        instruments.Refused(reason);
        return new Problem(ApiErrors.Unauthorized, detail);
    }
}

/// <summary>Who is "on this machine", while the host stands open to it.</summary>
internal static class LocalCallers
{
    /// <summary>
    /// Why this request may not do without a key, or null. Besides the address it looks at what a browser or proxy would bring in from
    /// outside: a foreign <c>Host</c> (DNS rebinding), a foreign <c>Origin</c> (any web page the user has open), a forwarding header.
    /// </summary>
    public static string? Refuse(HttpContext http)
    {
        var (request, address) = (http.Request, http.Connection.RemoteIpAddress);
        if (address is not null && !IPAddress.IsLoopback(address))
        {
            return "This host has no keys yet and answers callers on its own machine only.";
        }

        if (request.Headers.ContainsKey("Forwarded") || !IsForwardedHere(request.Headers))
        {
            return "A proxy passed this request on, and callers from outside need a key: create one with 'foundation keys create'.";
        }

        if (request.Host.HasValue && !IsLocalName(request.Host.Host))
        {
            return "While this host has no keys it is addressed as localhost or 127.0.0.1 only.";
        }

        string? origin = request.Headers.Origin;
        return string.IsNullOrEmpty(origin) || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLocalName(uri.Host))
            ? null
            : "Web pages of other hosts need a key.";
    }

    // The Functions host on a developer's machine passes everything on, and says for whom; so would any proxy that serves this machine alone.
    private static bool IsForwardedHere(IHeaderDictionary headers)
    {
        var callers = headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var hosts = headers["X-Forwarded-Host"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return callers.All(c => IPEndPoint.TryParse(c, out var caller) && IPAddress.IsLoopback(caller.Address))
            && hosts.All(h => IsLocalName(new HostString(h).Host));
    }

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.AsSpan().Trim("[]"), out var address) && IPAddress.IsLoopback(address));
}
