using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Api;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Tests.Api;

/// <summary>A room without store that shows each form of endpoint.</summary>
internal sealed class SampleRoom : IRoom
{
    public static readonly ErrorCode Refused = new("samples.refused", 409, "The sample refuses.", "Take another sample.");

    public RoomInfo Info { get; } = new("samples") { Errors = [Refused], Features = ["samples"] };

    public void Map(IEndpointRouteBuilder routes)
    {
        var samples = routes.MapGroup("/api/samples").RequireScope("samples:write");
        samples.MapPost("", Create).Operation("createSample", "Creates a sample")
            .Takes(SampleJson.Default.Sample, """{ "name": "a", "size": 3 }""")
            .Answers(201, SampleJson.Default.Sample, "The sample").Answers(200, SampleJson.Default.Sample, "What it would be (dryRun)").Query(QueryParameter.DryRun).Refuses(Refused);
        samples.MapGet("", List).Operation("listSamples", "Lists samples").AnswersPage(SampleJson.Default.Sample, "A page of samples")
            .Query(QueryParameter.Since, QueryParameter.Until, QueryParameter.Label, QueryParameter.Sort, QueryParameter.Count, QueryParameter.Wait)
            .Query(QueryParameter.OneOf<SampleColor>("color", "Only of this color."));
        samples.MapGet("{name}", Find).Operation("getSample", "Reads a sample").Answers(200, SampleJson.Default.Sample, "The sample");
        samples.MapPut("{name}", Put).Operation("putSample", "Writes a sample").Takes(SampleJson.Default.Sample)
            .Answers(200, SampleJson.Default.Sample, "The sample").Refuses(ApiErrors.PreconditionFailed);
        samples.MapPost("{name}/pause", Pause).Operation("pauseSample", "Pauses a sample").Takes(SampleJson.Default.Sample, optional: true)
            .Answers(200, SampleJson.Default.Sample, "The sample");
        samples.MapGet("{name}/{failure}/fail", Fail).Operation("failSample", "Fails").Answers(200, "Before it fails late")
            .Refuses(HttpErrors.HeadersTooLarge, ApiErrors.Timeout);
    }

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;

    private static async Task<IResult> Create(HttpContext context, CancellationToken ct)
    {
        var query = ApiQuery.Of(context);
        var dryRun = query.DryRun();
        if (query.Refusal() is { } refusal) return ApiResults.Problem(refusal);
        var body = await ApiBody.ReadAsync(context, SampleJson.Default.Sample, ct);
        if (body.Ok && body.Value.Name == "refused")
        {
            return ApiResults.Problem(new Problem(Refused, "No.")
            {
                RetryAfter = TimeSpan.FromSeconds(1.5),
                Extensions = new Dictionary<string, string> { ["holder"] = "b", ["code"] = "x" },
            });
        }

        return body.ToResult(sample => ApiResults.Json(sample, SampleJson.Default.Sample, dryRun ? 200 : 201, location: $"/api/samples/{sample.Name}"));
    }

    private static IResult List(HttpContext context)
    {
        var query = ApiQuery.Of(context);
        var limit = query.Limit();
        var start = int.Parse(query.Cursor() ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        _ = (query.Since(), query.Until(), query.Labels(), query.OneOf<SampleColor>("color"), query.Wait());
        var newest = query.NewestFirst(newestFirst: false);
        var count = query.CountOnly();
        if (query.Refusal() is { } refusal) return ApiResults.Problem(refusal);
        if (count) return ApiResults.Count(5, exact: true);
        var all = Enumerable.Range(0, 5).Select(i => new Sample($"s{i}", i));
        var page = (newest ? all.Reverse() : all).Skip(start).Take(limit).ToList();
        return ApiResults.Page(new Page<Sample>(page, start + limit < 5 ? $"{start + limit}" : null), SampleJson.Default.Sample);
    }

    private static IResult Find(string name) => ApiResults.Json(new Sample(name, 1), SampleJson.Default.Sample, new RowVersion(7));

    private static async Task<IResult> Put(string name, HttpContext context, CancellationToken ct)
    {
        RowVersion? stored = name == "absent" ? null : new RowVersion(7, "tag");
        if (ETags.Check(context, stored) is { } failed) return ApiResults.Problem(failed);
        var body = await ApiBody.ReadAsync(context, SampleJson.Default.Sample, ct);
        return body.ToResult(SampleJson.Default.Sample);
    }

    private static async Task<IResult> Pause(string name, HttpContext context, CancellationToken ct) =>
        (await ApiBody.ReadOptionalAsync(context, SampleJson.Default.Sample, new Sample(name, 0), ct)).ToResult(SampleJson.Default.Sample);

    private static async Task<IResult> Fail(string failure, HttpContext context)
    {
        if (failure == "late")
        {
            await context.Response.WriteAsync("begun", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        throw failure switch
        {
            "store" => new StoreUnavailableException("disk"),
            "bad" => new BadHttpRequestException("headers", 431),
            "cancelled" => new OperationCanceledException(),
            _ => new InvalidOperationException("secret detail"),
        };
    }
}

[JsonConverter(typeof(KebabEnumConverter<SampleColor>))]
public enum SampleColor
{
    Red,
    DarkBlue,
}

public sealed record Sample(string Name, int Size, SampleColor? Color = null, TimeSpan? Delay = null, RawJson Data = default);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(DurationJsonConverter), typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(Sample))]
internal sealed partial class SampleJson : JsonSerializerContext;
