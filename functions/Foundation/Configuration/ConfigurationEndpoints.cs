using System.Globalization;
using Foundation.Api;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Configuration;

/// <summary>Reading documents; they are written as files until they have a durable home.</summary>
internal static class ConfigurationEndpoints
{
    private const string EpochHeader = "Foundation-Epoch";
    private const string VersionHeader = "Foundation-Version";
    private const string EpochSummary = "The number of the configuration that the answer is of.";
    private const string PolicyExample = """{ "delays": "exponential(1s, 2) | take(5)" }""";

    private static readonly QueryParameter Layer = new(
        "layer", "The layer to read; the topmost that has it when absent.", """{"type":"string","enum":["default","built-in"]}""");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var config = routes.MapGroup("/api/config").RequireScope("config:read");
        config.MapGet("", ListKinds).Operation("listKinds", "Lists the kinds of documents")
            .AnswersPage(ConfigurationJson.Default.KindAnswer, "The kinds of this host, with the schemas of their documents")
            .Header(EpochHeader, EpochSummary, ofAnswer: true);
        config.MapGet("{kind}", ListDocuments).Operation("listDocuments", "Lists the documents of a kind")
            .AnswersPage(ConfigurationJson.Default.DocumentAnswer, "A page of documents")
            .Header(EpochHeader, EpochSummary, ofAnswer: true).Refuses(ConfigErrors.UnknownKind);
        config.MapGet("{kind}/{name}", GetDocument)
            .Operation("getDocument", "Reads a document", "The document as it was written, bare.")
            .Query(Layer).Answers(200, ConfigurationJson.Default.RawJson, "The document", PolicyExample)
            .Header(EpochHeader, EpochSummary, ofAnswer: true)
            .Header(VersionHeader, "The version of the document in its layer.", ofAnswer: true)
            .Refuses(ConfigErrors.UnknownKind, ConfigErrors.NotFound, ConfigErrors.UnknownLayer);
        config.MapGet("{kind}/{name}/effective", GetEffective).Operation("getEffectiveDocument", "Reads what a document amounts to")
            .Answers(200, ConfigurationJson.Default.EffectiveAnswer, "All layers merged, with every default")
            .Header(EpochHeader, EpochSummary, ofAnswer: true).Refuses(ConfigErrors.UnknownKind, ConfigErrors.NotFound);
    }

    private static IResult ListKinds(HttpContext context, ConfigRegistry registry) => Page(
        context, registry, registry.Kinds, kind => kind.Name,
        kind => new KindAnswer(kind.Name, registry.List(kind.Name).Value.Count, kind.Schema), ConfigurationJson.Default.KindAnswer);

    private static IResult ListDocuments(string kind, HttpContext context, ConfigRegistry registry) =>
        registry.List(kind).ToResult(documents => Page(
            context, registry, documents, document => document.Name,
            document => new DocumentAnswer(document.Name, document.Layer, document.Document), ConfigurationJson.Default.DocumentAnswer));

    private static IResult GetDocument(string kind, string name, HttpContext context, ConfigRegistry registry)
    {
        var query = ApiQuery.Of(context);
        var layer = query.Text("layer");
        if (query.Refusal() is { } refusal) return ApiResults.Problem(refusal);
        return registry.Find(kind, name, layer).ToResult(found =>
        {
            WriteEpoch(context, registry);
            context.Response.Headers[VersionHeader] = found.Version.ToString(CultureInfo.InvariantCulture);
            return ApiResults.Raw(found.Document, etag: ETag(found.Document));
        });
    }

    private static IResult GetEffective(string kind, string name, HttpContext context, ConfigRegistry registry) =>
        registry.FindEffective(kind, name).ToResult(answer =>
        {
            WriteEpoch(context, registry);
            return ApiResults.Json(answer, ConfigurationJson.Default.EffectiveAnswer, etag: ETag(answer.Document));
        });

    private static IResult Page<TItem, TAnswer>(
        HttpContext context, ConfigRegistry registry, IReadOnlyList<TItem> items, Func<TItem, string> name, Func<TItem, TAnswer> answer,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<TAnswer> type)
    {
        var query = ApiQuery.Of(context);
        var (limit, after) = (query.Limit(), query.Cursor());
        if (query.Refusal() is { } refusal) return ApiResults.Problem(refusal);
        WriteEpoch(context, registry);

        // By name, so that a page goes on at the right place although the configuration has changed in between.
        var rest = items.Where(item => after is null || string.CompareOrdinal(name(item), after) > 0).Take(limit + 1).ToArray();
        var page = rest.Take(limit).ToArray();
        return ApiResults.Page(new Page<TAnswer>([.. page.Select(answer)], rest.Length > limit ? name(page[^1]) : null), type);
    }

    private static void WriteEpoch(HttpContext context, ConfigRegistry registry) =>
        context.Response.Headers[EpochHeader] = registry.Epoch.ToString(CultureInfo.InvariantCulture);

    private static string ETag(RawJson json) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{System.IO.Hashing.XxHash3.HashToUInt64(json.Span):x16}\"");
}
