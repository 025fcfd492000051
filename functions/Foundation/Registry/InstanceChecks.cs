using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Foundation.Registry;

/// <summary>Checks what an agent tells of itself, fills in the defaults, and reports every fault.</summary>
internal sealed partial class InstanceChecks(HostProfile profile)
{
    private const string NameForm = "lower-case letters, digits, hyphen and underscore, beginning with a letter or digit, at most 128";

    /// <summary>Whether a text can name a service or an instance: no dot and no colon, which stand between such names.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>The faults of the path's names.</summary>
    public static IEnumerable<Fault> Names(string service, string instance)
    {
        if (!IsName(service))
        {
            yield return Wrong("", $"'{Texts.Clip(service)}' cannot name a service.", NameForm);
        }

        if (!IsName(instance))
        {
            yield return Wrong("", $"'{Texts.Clip(instance)}' cannot name an instance.", NameForm);
        }
    }

    /// <summary>The registration with its defaults, or all that is wrong with it.</summary>
    public Outcome<InstanceSpec> Check(string service, string instance, InstanceRegistration registration)
    {
        List<Fault> faults =
        [
            .. Names(service, instance), .. Endpoint(registration), .. Capabilities(registration.Capabilities ?? []),
            .. Words(registration), .. Tags(registration.Tags ?? []), .. Labels(registration.Labels), .. Numbers(registration),
        ];
        if (faults.Count > 0)
        {
            return Refuse(faults);
        }

        var spec = ToSpec(registration);
        return RegistryJson.Measure(spec) <= RegistryOptions.SpecBytesMax
            ? spec
            : Refuse([Wrong("", $"It has more than {Sizes.Format(RegistryOptions.SpecBytesMax)}.", "Keep parameters and labels short.")]);
    }

    private InstanceSpec ToSpec(InstanceRegistration r) => new()
    {
        Endpoint = r.Endpoint,
        Format = r.Format ?? DeliveryFormat.Cloudevent,
        Capabilities = [.. r.Capabilities ?? []],
        Version = r.Version,
        Environment = r.Environment,
        Zone = r.Zone,
        Tags = [.. (r.Tags ?? []).Distinct(StringComparer.Ordinal)],
        Labels = (r.Labels ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal),
        Weight = r.Weight ?? 1,
        MaxConcurrency = r.MaxConcurrency ?? RegistryOptions.MaxConcurrencyDefault,
        Lease = Grant(r.Lease),
        Secret = r.Secret,
    };

    /// <summary>The lease that is granted: hearing instances more often than the host is made for costs more than it tells.</summary>
    public LeaseTerm Grant(LeaseTerm? asked)
    {
        var least = profile.SingleProcess ? RegistryOptions.LeaseMinSingle : profile.RegistrationLease;
        return asked is not { } term ? new LeaseTerm(profile.RegistrationLease)
            : term.Duration is not { } duration ? LeaseTerm.None
            : new LeaseTerm(duration < least ? least : duration);
    }

    private static IEnumerable<Fault> Endpoint(InstanceRegistration r)
    {
        if (r.Endpoint is not { } text)
        {
            yield break;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || text.Length > 2_000)
        {
            yield return Wrong("/endpoint", $"'{Texts.Clip(text)}' is not an absolute http or https URL.");
        }
        else if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            yield return Wrong("/endpoint", "The URL holds credentials or a fragment.", "Use secret; pushes are signed with it.");
        }
        else if (!uri.IsLoopback && r.Secret is null)
        {
            yield return new Fault(
                "/secret", ApiErrors.MissingMember.Code, "An endpoint on another machine needs a secret that its pushes are signed with.",
                """For example { "$secret": "env:FOUNDATION_SECRET_AGENT" }.""");
        }
    }

    private static IEnumerable<Fault> Capabilities(IReadOnlyList<Capability> capabilities)
    {
        if (capabilities.Count > RegistryOptions.CapabilitiesMax)
        {
            yield return Wrong("/capabilities", $"{capabilities.Count} capabilities; at most {RegistryOptions.CapabilitiesMax}.");
            yield break;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < capabilities.Count; i++)
        {
            var capability = capabilities[i];
            if (!IsText(capability.Name) || capability.Version is { } version && !IsText(version))
            {
                yield return Wrong($"/capabilities/{i}", $"Names and versions have 1–{RegistryOptions.TextLengthMax} characters.");
            }
            else if (!seen.Add(capability.Name))
            {
                yield return Wrong($"/capabilities/{i}", $"'{Texts.Clip(capability.Name)}' stands twice.");
            }
        }
    }

    private static IEnumerable<Fault> Words(InstanceRegistration r) =>
        new[] { ("version", r.Version), ("environment", r.Environment), ("zone", r.Zone) }
            .Where(t => t.Item2 is { } text && !IsText(text))
            .Select(t => Wrong("/" + t.Item1, $"'{t.Item1}' has 1–{RegistryOptions.TextLengthMax} printable characters."));

    private static IEnumerable<Fault> Tags(IReadOnlyList<string> tags)
    {
        if (tags.Count > RegistryOptions.TagsMax)
        {
            return [Wrong("/tags", $"{tags.Count} tags; at most {RegistryOptions.TagsMax} are allowed.")];
        }

        return tags.Index().Where(t => !IsText(t.Item))
            .Select(t => Wrong($"/tags/{t.Index}", $"A tag has 1–{RegistryOptions.TextLengthMax} printable characters."));
    }

    private static IEnumerable<Fault> Labels(IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null)
        {
            return [];
        }

        if (labels.Count > RegistryOptions.TagsMax)
        {
            return [Wrong("/labels", $"{labels.Count} labels; at most {RegistryOptions.TagsMax} are allowed.")];
        }

        return labels
            .Where(l => !IsText(l.Key) || l.Key.Contains(':', StringComparison.Ordinal) || (l.Value.Length > 0 && !IsText(l.Value)))
            .Select(l => Wrong(
                JsonPointers.Append("/labels", l.Key),
                $"A label has a printable key without colon and a value of at most {RegistryOptions.TextLengthMax} characters."));
    }

    private static IEnumerable<Fault> Numbers(InstanceRegistration r)
    {
        if (r.Weight is { } weight && !(weight >= RegistryOptions.WeightMin && weight <= RegistryOptions.WeightMax))
        {
            yield return Wrong("/weight", $"A weight is {RegistryOptions.WeightMin} to {RegistryOptions.WeightMax}.");
        }

        if (r.MaxConcurrency is { } concurrency && concurrency is < 1 or > RegistryOptions.MaxConcurrencyMax)
        {
            yield return Wrong("/maxConcurrency", $"maxConcurrency is 1 to {RegistryOptions.MaxConcurrencyMax}.");
        }

        if (r.Lease?.Duration is { } lease && (lease <= TimeSpan.Zero || lease > RegistryOptions.LeaseMax))
        {
            var most = Durations.Format(RegistryOptions.LeaseMax);
            yield return Wrong("/lease", $"A lease is at most {most}, and not 0.", "\"none\" needs no heartbeats.");
        }
    }

    private static bool IsText(string text) =>
        text.Length is > 0 and <= RegistryOptions.TextLengthMax && !text.Any(char.IsControl) && text.Trim().Length > 0;

    private static Fault Wrong(string path, string message, string? hint = null) => new(path, ApiErrors.InvalidValue.Code, message, hint);

    private static Problem Refuse(List<Fault> faults) =>
        new(ApiErrors.Invalid, faults.Count == 1 ? faults[0].Message : $"{faults.Count} errors.") { Faults = faults };

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
