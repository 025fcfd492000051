using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Api;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Security;
using Foundation.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Tests.Api;

public sealed record Thing(string Name, string? Id = null, string? Padding = null);

public sealed record Things(IReadOnlyList<Thing> Items);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Thing))]
[JsonSerializable(typeof(Things))]
internal sealed partial class ThingJson : JsonSerializerContext;

/// <summary>What a test makes happen inside the room.</summary>
internal sealed class CreatingSteps
{
    /// <summary>Called before the ids are reserved.</summary>
    public Func<Task> BeforeReserve { get; set; } = () => Task.CompletedTask;

    /// <summary>Called after it, before the thing number so-and-so is created.</summary>
    public Func<int, Task> BeforeCreate { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called when everything is created.</summary>
    public Func<Task> BeforeAnswer { get; set; } = () => Task.CompletedTask;

    /// <summary>Endpoint runs.</summary>
    public int Runs { get; set; }

    /// <summary>The shard that the next thing is meant for.</summary>
    public int Shard { get; set; }
}

/// <summary>A room that creates rows as rooms with <c>Idempotency-Key</c> do: reserve, create or meet, answer from the row.</summary>
internal sealed class CreatingRoom(CreatingSteps steps, IStore store, Committer committer, IdFactory ids) : IRoom
{
    private static readonly Space Space = new("things");
    private static readonly Table Table = new("things", Space, KeyForm.Id);
    private static readonly ErrorCode Refused = new("things.refused", 409, "Refused.", "Do not.");
    private static readonly ErrorCode Busy = new("things.busy", 503, "Busy.", "Later.", Retry: RetryAdvice.Later);

    public RoomInfo Info { get; } = new("things") { Tables = [Table], Errors = [Refused, Busy] };

    public void Map(IEndpointRouteBuilder routes)
    {
        var things = routes.MapGroup("/api/things").RequireScope("things:write");
        things.MapPost("", CreateAsync).Operation("createThing", "Creates").Takes(ThingJson.Default.Thing).Query(QueryParameter.DryRun)
            .Answers(201, ThingJson.Default.Thing, "It").Refuses(Refused, Busy).WithIdempotency();
        things.MapPost("other", CreateAsync).Operation("createOther", "Creates").Takes(ThingJson.Default.Thing).Query(QueryParameter.DryRun)
            .Answers(201, ThingJson.Default.Thing, "It").Refuses(Refused, Busy).WithIdempotency();
        things.MapPost("many", CreateManyAsync).Operation("createThings", "Creates many").Takes(ThingJson.Default.Things)
            .Answers(200, ThingJson.Default.Things, "They").WithIdempotency();
    }

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;

    /// <summary>All things there are, by name.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken ct)
    {
        var names = new List<string>();
        for (var number = 0; number < store.Shards; number++)
        {
            var page = await store.ListAsync(new Shard(Space, number), new KeyRange(Table), new Listing(1000), ct);
            names.AddRange(page.Items.Select(row => Encoding.UTF8.GetString(row.State.Span)));
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken ct)
    {
        steps.Runs++;
        _ = ApiQuery.Of(http).DryRun();
        var body = await ApiBody.ReadAsync(http, ThingJson.Default.Thing, ct);
        if (!body.Ok) return ApiResults.Problem(body.Problem!);
        await steps.BeforeReserve();
        var id = await http.NewIdAsync("thing", ids.Mint("thing", steps.Shard), ct);
        if (!id.Ok) return ApiResults.Problem(id.Problem!);
        await steps.BeforeCreate(0);
        if (body.Value.Name == "refused") return ApiResults.Problem(new Problem(Refused));
        if (body.Value.Name == "busy" && steps.Runs == 1) return ApiResults.Problem(new Problem(Busy));
        var version = await MeetAsync(id.Value.Id, body.Value.Name, ct);
        await steps.BeforeAnswer();
        var text = id.Value.Id.ToText("thing");
        var padding = body.Value.Name == "large" ? new string('x', 100_000) : null;
        return ApiResults.Json(new Thing(body.Value.Name, text, padding), ThingJson.Default.Thing, version, 201, $"/api/things/{text}");
    }

    private async Task<IResult> CreateManyAsync(HttpContext http, CancellationToken ct)
    {
        steps.Runs++;
        var body = await ApiBody.ReadAsync(http, ThingJson.Default.Things, ct);
        if (!body.Ok) return ApiResults.Problem(body.Problem!);
        var kept = await http.NewIdsAsync("thing", [.. body.Value.Items.Select((_, i) => ids.Mint("thing", (steps.Shard + i) % 16))], ct);
        if (!kept.Ok) return ApiResults.Problem(kept.Problem!);
        var items = new List<Thing>();
        foreach (var (id, thing) in kept.Value.Ids.Zip(body.Value.Items))
        {
            await steps.BeforeCreate(items.Count);
            await MeetAsync(id, thing.Name, ct);
            items.Add(new Thing(thing.Name, id.ToText("thing")));
        }

        return ApiResults.Json(new Things(items), ThingJson.Default.Things);
    }

    private async Task<RowVersion> MeetAsync(ResourceId id, string name, CancellationToken ct)
    {
        var (shard, key) = (new Shard(Space, id.Shard % store.Shards), new RowKey(Table, id));
        ImmutableArray<Write> write = [new Write.Insert(key, Encoding.UTF8.GetBytes(name), default, null)];
        return await committer.CommitAsync(shard, write, ct) is CommitResult.Committed committed
            ? committed.Versions[0]
            : (await store.FindAsync(shard, key, ct))!.Version;
    }
}
