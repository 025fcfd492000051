using Foundation.Api;
using Foundation.Configuration;
using Foundation.Retry;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Foundation.Queues;

/// <summary>Queues: what an operator declares of them, their depth, and whether they give out their tasks.</summary>
public sealed class QueuesRoom : IRoom
{
    private readonly QueueService _queues;
    private readonly QueuesInstruments _instruments;
    private readonly HostProfile _profile;

    internal QueuesRoom(QueueService queues, QueuesInstruments instruments, HostProfile profile) =>
        (_queues, _instruments, _profile) = (queues, instruments, profile);

    /// <inheritdoc/>
    public RoomInfo Info { get; } = new("queues")
    {
        Tables = [QueueTables.Life],
        Errors = QueueErrors.All,
        Features = ["queues"],
    };

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes) => QueuesEndpoints.Map(routes);

    /// <inheritdoc/>
    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask TickAsync(JobGroup group, CancellationToken ct)
    {
        // Counting reads the store: often where that is memory of this process, once a minute where each read is paid for.
        if (group != (_profile.SingleProcess ? JobGroup.HealthChecks : JobGroup.Maintenance))
        {
            return;
        }

        foreach (var name in _queues.Names)
        {
            if (await _queues.FindResourceAsync(name, ct) is { } queue)
            {
                _instruments.Saw(queue);
            }
        }
    }
}

/// <summary>The room's routes.</summary>
internal static class QueuesEndpoints
{
    private const int ReasonMax = 500;
    private static readonly QueuesJson Json = QueuesJson.Default;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var queues = routes.MapGroup("/api/queues").WithTags("queues");
        queues.MapGet("/", ListAsync).RequireScope("queues:read").Operation("listQueues", "Lists the queues with their depths")
            .AnswersPage(Json.QueueResource, "Every queue.");
        queues.MapGet("/{name}", GetAsync).RequireScope("queues:read").Operation("getQueue", "Reads a queue")
            .Answers(200, Json.QueueResource, "The queue.").Refuses(QueueErrors.NotFound);
        queues.MapPost("/{name}/pause", PauseAsync).RequireScope("queues:write").Operation("pauseQueue", "Keeps a queue's tasks from starting", "What runs goes on; new tasks are taken in.")
            .Takes(Json.QueuePauseRequest, """{"reason":"the vendor is down"}""", optional: true).Answers(200, Json.QueueResource, "The queue.").Refuses(QueueErrors.NotFound);
        queues.MapPost("/{name}/resume", ResumeAsync).RequireScope("queues:write").Operation("resumeQueue", "Lets a paused queue go on")
            .Answers(200, Json.QueueResource, "The queue.").Refuses(QueueErrors.NotFound);
    }

    private static async Task<IResult> ListAsync(HttpContext http, QueueService queues, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (limit, cursor) = (query.Limit(), query.Cursor());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var names = queues.Names.Order(StringComparer.Ordinal).Where(n => cursor is null || string.CompareOrdinal(n, cursor) > 0).ToList();
        var items = new List<QueueResource>();
        foreach (var name in names.Take(limit))
        {
            if (await queues.FindResourceAsync(name, ct) is { } queue)
            {
                items.Add(queue);
            }
        }

        return ApiResults.Page(new Page<QueueResource>(items, names.Count > limit ? names[limit - 1] : null), Json.QueueResource);
    }

    private static async Task<IResult> GetAsync(string name, QueueService queues, CancellationToken ct) =>
        await queues.FindResourceAsync(name, ct) is { } queue
            ? ApiResults.Json(queue, Json.QueueResource)
            : ApiResults.Problem(new Problem(QueueErrors.NotFound));

    private static async Task<IResult> PauseAsync(string name, HttpContext http, QueueService queues, CancellationToken ct)
    {
        var request = await ApiBody.ReadOptionalAsync(http, Json.QueuePauseRequest, new QueuePauseRequest(), ct);
        return !request.Ok ? ApiResults.Problem(request.Problem!)
            : request.Value.Reason is { Length: > ReasonMax } ? ApiResults.Problem(new Problem(ApiErrors.Invalid)
            {
                Faults = [new Fault("/reason", ApiErrors.InvalidValue.Code, $"A reason has at most {ReasonMax} characters.")],
            })
            : (await queues.ApplyAsync(name, new QueueCommand.Pause(request.Value.Reason), ct)).ToResult(Json.QueueResource);
    }

    private static async Task<IResult> ResumeAsync(string name, QueueService queues, CancellationToken ct) =>
        (await queues.ApplyAsync(name, new QueueCommand.Resume(), ct)).ToResult(Json.QueueResource);
}

/// <summary>Adds the room.</summary>
public static class QueuesServices
{
    /// <summary>Queues: the kind <c>queues</c>, and <see cref="IQueues"/> for the room that takes from them, which answers <see cref="IQueueCounts"/>.</summary>
    public static FoundationBuilder AddQueues(this FoundationBuilder builder)
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(IQueues)))
        {
            return builder;
        }

        builder.AddRetry().AddKind(provider => QueueKind.Create(provider.GetRequiredService<HostProfile>()));
        builder.Services.TryAddSingleton<QueueActivity>();
        builder.Services.TryAddSingleton<QueuesInstruments>();
        builder.Services.TryAddSingleton<QueueService>();
        builder.Services.TryAddSingleton<IQueues>(provider => provider.GetRequiredService<QueueService>());
        builder.Services.TryAddSingleton(provider => new QueuesRoom(
            provider.GetRequiredService<QueueService>(), provider.GetRequiredService<QueuesInstruments>(), provider.GetRequiredService<HostProfile>()));
        builder.Services.AddHostedService<QueuesWorker>();
        return builder.AddRoom<QueuesRoom>();
    }
}

/// <summary>Knows the pauses before the first task is given out.</summary>
internal sealed class QueuesWorker(QueueService queues, HostProfile profile) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (profile.SingleProcess)
        {
            await queues.RefreshAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
