namespace Foundation.Api;

/// <summary>A query parameter as the API document shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does, in one sentence.</param>
/// <param name="Schema">Its JSON Schema, as JSON text.</param>
/// <param name="Repeatable">Whether it may stand several times.</param>
internal sealed record QueryParameter(string Name, string Summary, string Schema = """{"type":"string"}""", bool Repeatable = false)
{
    private const string DurationPattern = """
        "type":"string","pattern":"^(\\d+(\\.\\d+)?(ms|s|m|h|d)|P.+)$"
        """;

    public static readonly QueryParameter Limit = new(
        "limit", "How many items a page holds at most.", """{"type":"integer","minimum":1,"maximum":1000,"default":100}""");

    public static readonly QueryParameter Cursor = new("cursor", "Where to go on: the `next` of the page before. A foreign or old one is 410.");

    public static readonly QueryParameter Wait = new(
        "wait", "How long to wait for the end or for a change: at most 60s.", "{" + DurationPattern + """,  "examples":["30s"]}""");

    public static readonly QueryParameter After = new("after", "Watch: answers what changed after this cursor. Empty: from now on.");

    public static readonly QueryParameter DryRun = new(
        "dryRun", "Answers what would happen and stores nothing.", """{"type":"boolean","default":false}""");

    public static readonly QueryParameter Since = new(
        "since", "Only what was created at or after this instant.", """{"type":"string","format":"date-time"}""");

    public static readonly QueryParameter Until = new(
        "until", "Only what was created before this instant.", """{"type":"string","format":"date-time"}""");

    public static readonly QueryParameter Label = new(
        "label", "Only what carries this label, as `key:value`. Repeated: all must hold.", """{"type":"string","pattern":"^[^:]+:.*$"}""", true);

    public static readonly QueryParameter Sort = new(
        "sort", "The order.", """{"type":"string","enum":["createdAt","-createdAt"]}""");

    public static readonly QueryParameter Count = new(
        "count", "`only`: answers how many instead of which.", """{"type":"string","enum":["only"]}""");

    /// <summary>What every list takes.</summary>
    public static readonly QueryParameter[] Paging = [Limit, Cursor];

    /// <summary>One of an enum's kebab-case names.</summary>
    public static QueryParameter OneOf<T>(string name, string summary)
        where T : struct, Enum =>
        new(name, summary, $$"""{"type":"string","enum":[{{string.Join(',', Kebab.Names<T>().Select(value => $"\"{value}\""))}}]}""");
}
