using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>Reads the query of a request and collects every fault. Ask for all parameters first, then for <see cref="Refusal"/>.</summary>
internal sealed class ApiQuery
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1000;
    private const int LabelsMax = 20;
    private const int TextLengthMax = 1024;
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly HttpContext _context;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<Fault> _faults = [];
    private Problem? _expired;

    private ApiQuery(HttpContext context)
    {
        _context = context;
        foreach (var declared in context.GetEndpoint()?.Metadata.GetMetadata<ApiOperation>()?.Query ?? []) _known.Add(declared.Name);
    }

    /// <summary>A reader of this request's query.</summary>
    public static ApiQuery Of(HttpContext context) => new(context);

    /// <summary><c>limit</c>: 1–1000, 100 when absent.</summary>
    public int Limit() => Number("limit", LimitDefault, 1, LimitMax);

    /// <summary>The store's cursor inside <c>cursor</c>, or null on the first page.</summary>
    public string? Cursor()
    {
        if (Text("cursor") is not { } text) return null;
        if (Cursors.TryOpen(_context, text, out var inner)) return inner;
        _expired = new Problem(ApiErrors.CursorExpired);
        return null;
    }

    /// <summary><c>wait</c>: null when absent, at most 60 s.</summary>
    public TimeSpan? Wait()
    {
        if (Text("wait") is not { } text) return null;
        if (!Durations.TryParse(text, out var wait)) Add("wait", $"'{Texts.Clip(text)}' is not {Durations.Expected}.");
        else if (wait > WaitMax) Add("wait", $"At most {Durations.Format(WaitMax)} can be waited for.", "Ask again when it is over.");
        else return wait;
        return null;
    }

    /// <summary>The source's cursor inside <c>after</c>, or inside <c>Last-Event-ID</c> of a resumed stream; null: from now on.</summary>
    public string? After()
    {
        var text = _context.Request.Headers[Watches.LastEventId] is [{ Length: > 0 } last] ? last : null;
        text = Text("after") is { } after && text is null ? after : text;
        if (text is null) return null;
        if (Cursors.TryOpen(_context, text, out var inner)) return inner;
        _expired = new Problem(ApiErrors.CursorExpired);
        return null;
    }

    /// <summary><c>dryRun</c>: false when absent.</summary>
    public bool DryRun() => Flag("dryRun");

    /// <summary><c>since</c>, or null.</summary>
    public DateTimeOffset? Since() => Instant("since");

    /// <summary><c>until</c>, or null.</summary>
    public DateTimeOffset? Until() => Instant("until");

    /// <summary><c>count=only</c>.</summary>
    public bool CountOnly()
    {
        var text = Text("count");
        if (text is not (null or "only")) Add("count", $"'{Texts.Clip(text)}' is not 'only'.");
        return text == "only";
    }

    /// <summary><c>sort</c>: whether the newest come first; <paramref name="newestFirst"/> when absent.</summary>
    public bool NewestFirst(bool newestFirst = true)
    {
        switch (Text("sort"))
        {
            case null: return newestFirst;
            case "createdAt": return false;
            case "-createdAt": return true;
            case var other:
                Add("sort", $"'{Texts.Clip(other)}' is not one of createdAt, -createdAt.", DidYouMean.Hint(other, ["createdAt", "-createdAt"]));
                return newestFirst;
        }
    }

    /// <summary><c>label=key:value</c>, repeatable; all must hold.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels()
    {
        _known.Add("label");
        var values = _context.Request.Query["label"];
        if (values.Count == 0) return [];
        if (values.Count > LabelsMax) Add("label", $"At most {LabelsMax} labels can be asked for.");
        var labels = new List<KeyValuePair<string, string>>(values.Count);
        foreach (var value in values)
        {
            var colon = value!.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1) Add("label", $"'{Texts.Clip(value)}' is not key:value.");
            else labels.Add(new(value[..colon], value[(colon + 1)..]));
        }

        return labels;
    }

    /// <summary>A text, or null when absent or empty.</summary>
    public string? Text(string name, int lengthMax = TextLengthMax)
    {
        _known.Add(name);
        var values = _context.Request.Query[name];
        if (values.Count > 1) Add(name, $"'{name}' stands {values.Count} times and is allowed once.");
        if (values.Count != 1 || string.IsNullOrEmpty(values[0])) return null;
        if (values[0]!.Length <= lengthMax) return values[0];
        Add(name, $"'{name}' has more than {lengthMax} characters.");
        return null;
    }

    /// <summary>One of an enum's kebab-case names, or null when absent.</summary>
    public T? OneOf<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text) return null;
        if (Kebab.TryParse<T>(text, out var value)) return value;
        Add(name, $"'{Texts.Clip(text)}' is not one of {string.Join(", ", Kebab.Names<T>())}.", DidYouMean.Hint(text, Kebab.Names<T>()));
        return null;
    }

    /// <summary>A whole number in a range.</summary>
    public int Number(string name, int absent, int least, int most)
    {
        if (Text(name) is not { } text) return absent;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Add(name, $"'{Texts.Clip(text)}' is not a whole number from {least} to {most}.");
        return absent;
    }

    /// <summary><c>true</c> or <c>false</c>; false when absent.</summary>
    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false")) Add(name, $"'{Texts.Clip(text)}' is not true or false.");
        return text == "true";
    }

    /// <summary>A duration, or null when absent.</summary>
    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Durations.TryParse(text, out var value)) return value;
        Add(name, $"'{Texts.Clip(text)}' is not {Durations.Expected}.");
        return null;
    }

    /// <summary>An instant, or null when absent.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Instants.TryParse(text, out var value)) return value;
        Add(name, $"'{Texts.Clip(text)}' is not {Instants.Expected}.");
        return null;
    }

    /// <summary>Adds a fault that the endpoint found itself.</summary>
    public void Add(string name, string message, string? hint = null) =>
        _faults.Add(new Fault("?" + name, ApiErrors.InvalidValue.Code, message, hint));

    /// <summary>Everything that is wrong, unknown parameters included; null when nothing is.</summary>
    public Problem? Refusal()
    {
        if (Unknown(_context.Request, _known) is { } unknown) _faults.AddRange(unknown.Faults);
        return _faults.Count == 0 ? _expired : Invalid(_faults);
    }

    /// <summary>The parameters that nobody asks for, or null.</summary>
    public static Problem? Unknown(HttpRequest request, IReadOnlyCollection<string> known)
    {
        List<Fault>? faults = null;
        foreach (var name in request.Query.Keys.Where(name => !known.Contains(name)).Take(StrictJson.FaultsMax))
        {
            var clipped = Texts.Clip(name);
            var hint = DidYouMean.Hint(name, known);
            (faults ??= []).Add(new Fault("?" + clipped, ApiErrors.UnknownMember.Code, $"The parameter '{clipped}' is not known here.", hint));
        }

        return faults is null ? null : Invalid(faults);
    }

    private static Problem Invalid(List<Fault> faults) =>
        new(ApiErrors.Invalid, faults.Count == 1 ? faults[0].Message : $"{faults.Count} errors.") { Faults = faults };
}
