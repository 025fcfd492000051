using System.Globalization;

namespace Foundation.Retry;

/// <summary>Which failures are retried: classes, codes (<c>tasks.*</c>) and HTTP statuses; one that fits is enough.</summary>
public sealed class RetryOn
{
    private readonly FailureClass[] _classes;
    private readonly string[] _codes;
    private readonly int[] _statuses;

    private RetryOn(IEnumerable<FailureClass> classes, IEnumerable<string> codes, IEnumerable<int> statuses)
    {
        _classes = [.. classes.Distinct().Order()];
        _codes = [.. codes.Distinct(StringComparer.Ordinal)];
        _statuses = [.. statuses.Distinct().Order()];
    }

    /// <summary>Every class but <see cref="FailureClass.Client"/>: what the other side refuses once it refuses again.</summary>
    public static RetryOn Default { get; } =
        Of(FailureClass.Network, FailureClass.Timeout, FailureClass.Throttled, FailureClass.Server, FailureClass.Application);

    /// <summary>The entries as a document writes them.</summary>
    public IReadOnlyList<string> Entries =>
    [
        .. _classes.Select(Kebab.Name), .. _codes, .. _statuses.Select(status => status.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>These classes.</summary>
    public static RetryOn Of(params FailureClass[] classes) => new(classes, [], []);

    /// <summary>Reads the entries of a document; refused with a fault for each that is none.</summary>
    public static Outcome<RetryOn> Parse(IReadOnlyList<string> entries, string path = "")
    {
        var classes = new List<FailureClass>();
        var codes = new List<string>();
        var statuses = new List<int>();
        var faults = new List<Fault>();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (Kebab.TryParse<FailureClass>(entry, out var failureClass)) classes.Add(failureClass);
            else if (IsCode(entry)) codes.Add(entry);
            else if (IsStatus(entry, out var status)) statuses.Add(status);
            else faults.Add(NotKnown(entry, JsonPointers.Append(path, i)));
        }

        if (faults.Count > 0) return new Problem(RetryErrors.InvalidRetryOn, faults[0].Message) { Faults = faults };
        return new RetryOn(classes, codes, statuses);
    }

    /// <summary>Whether the failure is one of these.</summary>
    public bool Includes(Failure failure) =>
        Array.IndexOf(_classes, failure.Class) >= 0
        || (failure.StatusCode is { } status && Array.IndexOf(_statuses, status) >= 0)
        || (failure.Code is { } code && Array.Exists(_codes, pattern => Fits(pattern, code)));

    private static bool Fits(string pattern, string code) =>
        pattern.EndsWith(".*", StringComparison.Ordinal)
            ? code.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1))
            : pattern == code;

    private static bool IsStatus(string entry, out int status) =>
        int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 300 and < 600;

    // At least two segments, of which only the last may be a star.
    private static bool IsCode(string entry)
    {
        var segments = entry.Split('.');
        if (segments.Length < 2 || entry.Length > 128) return false;
        if (segments[^1] == "*") segments = segments[..^1];
        return Array.TrueForAll(segments, segment => segment.Length > 0 && segment.All(IsCodeLetter));

        static bool IsCodeLetter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';
    }

    private static Fault NotKnown(string entry, string path) => new(
        path,
        RetryErrors.InvalidRetryOn.Code,
        $"'{Texts.Clip(entry)}' is no class ({string.Join(", ", Kebab.Names<FailureClass>())}), no code (tasks.*) and no status (503).",
        DidYouMean.Hint(entry, Kebab.Names<FailureClass>()));
}
