namespace Foundation.Security;

/// <summary>Finds every fault of a <see cref="KeyRequest"/>. Pure.</summary>
internal static class KeyRequestCheck
{
    private const int NameLengthMax = 100;
    private const int ListMax = 50;
    private const int WordLengthMax = 128;

    public static List<Fault> Faults(KeyRequest request, DateTimeOffset now)
    {
        var faults = new List<Fault>();
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > NameLengthMax || request.Name.Any(char.IsControl))
        {
            faults.Add(Invalid("/name", $"A name has 1 to {NameLengthMax} printable characters."));
        }

        CheckScopes(request, faults);
        CheckServices(request, faults);
        CheckTenant(request, faults);
        CheckEnd(request, now, faults);
        return faults;
    }

    /// <summary>When the key of this request ends.</summary>
    public static DateTimeOffset? End(KeyRequest request, DateTimeOffset now) =>
        request.Lifetime is { } lifetime ? now + lifetime : request.ExpiresAt;

    private static void CheckScopes(KeyRequest request, List<Fault> faults)
    {
        if (request.Roles is not { Count: > 0 } && request.Scopes is not { Count: > 0 })
        {
            faults.Add(Invalid("/roles", "A key needs at least one role or scope.", "Roles: " + string.Join(", ", Kebab.Names<KeyRole>())));
        }

        Bound(request.Roles?.Count, "/roles", faults);
        Bound(request.Scopes?.Count, "/scopes", faults);
        foreach (var (index, scope) in (request.Scopes ?? []).Take(ListMax).Index())
        {
            if (KeyRoles.Refuse(scope) is { } message)
            {
                faults.Add(Invalid($"/scopes/{index}", message, ScopeHint(scope)));
            }
        }
    }

    private static string? ScopeHint(string scope)
    {
        var colon = scope.IndexOf(':', StringComparison.Ordinal);
        var room = colon < 0 ? scope : scope[..colon];
        return DidYouMean.Find(room, KeyRoles.Rooms) is { } near && near != room
            ? $"Did you mean '{near}{(colon < 0 ? ":read" : scope[colon..])}'?"
            : null;
    }

    private static void CheckServices(KeyRequest request, List<Fault> faults)
    {
        var services = request.Services ?? [];
        Bound(request.Services?.Count, "/services", faults);
        if (request.Roles?.Contains(KeyRole.Agent) == true && services.Count == 0)
        {
            faults.Add(new Fault("/services", ApiErrors.MissingMember.Code, "A key with role agent names the services it may act for.", "[\"*\"] is all."));
        }

        foreach (var (index, service) in services.Take(ListMax).Index())
        {
            if (service != "*" && !IsWord(service, more: "_-"))
            {
                faults.Add(Invalid($"/services/{index}", $"'{Texts.Clip(service)}' is not a service's name: lower-case letters, digits, - and _."));
            }
        }
    }

    private static void CheckTenant(KeyRequest request, List<Fault> faults)
    {
        if (request.Tenant is not { } tenant)
        {
            return;
        }

        if (!IsTenant(tenant))
        {
            faults.Add(Invalid("/tenant", $"'{Texts.Clip(tenant)}' is not a tenant's name: lower-case letters, digits and . _ : -"));
        }

        // Keys, configuration and the registry are shared by a deployment: a tenant's key that manages it would reach every other tenant.
        var reach = (request.Roles?.Contains(KeyRole.Admin) == true ? ["admin"] : Array.Empty<string>())
            .Concat((request.Scopes ?? []).Where(s => s is ScopeRules.Everything or ScopeRules.Admin or ScopeRules.AnyTenant));
        foreach (var scope in reach)
        {
            faults.Add(Invalid("/tenant", $"A key of one tenant cannot hold '{scope}'.", "Leave the tenant out, or use role operator."));
        }
    }

    private static void CheckEnd(KeyRequest request, DateTimeOffset now, List<Fault> faults)
    {
        if (request is { ExpiresAt: not null, Lifetime: not null })
        {
            faults.Add(Invalid("/lifetime", "A key has either expiresAt or lifetime."));
        }
        else if (End(request, now) <= now)
        {
            faults.Add(Invalid(request.Lifetime is null ? "/expiresAt" : "/lifetime", "The key would have expired before it is made."));
        }
    }

    /// <summary>Whether a text can be a tenant's name.</summary>
    public static bool IsTenant(string text) => IsWord(text, more: "._:-");

    private static bool IsWord(string text, string more) =>
        text.Length is > 0 and <= WordLengthMax && IsLetterOrDigit(text[0]) && text.All(c => IsLetterOrDigit(c) || more.Contains(c));

    private static bool IsLetterOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');

    private static void Bound(int? count, string path, List<Fault> faults)
    {
        if (count > ListMax)
        {
            faults.Add(Invalid(path, $"At most {ListMax} items are allowed."));
        }
    }

    private static Fault Invalid(string path, string message, string? hint = null) => new(path, ApiErrors.InvalidValue.Code, message, hint);
}
