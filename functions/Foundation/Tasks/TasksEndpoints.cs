using Foundation.Api;
using Foundation.Security;
using Foundation.Tasks.Explain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Tasks;

/// <summary>The room's routes.</summary>
internal static class TasksEndpoints
{
    private static readonly TasksJson Json = TasksJson.Default;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup("/api/tasks").WithTags("tasks");
        tasks.MapPost("/", SubmitAsync).RequireScope("tasks:write").Operation("submitTask", "Submits a task", "Durable when answered. `?wait=` waits for its end; `?dryRun=true` explains what would happen and stores nothing.")
            .Takes(Json.TaskRequest, """{"type":"hello","data":{"name":"Ada"}}""").Query(QueryParameter.Wait, QueryParameter.DryRun)
            .Answers(202, Json.TaskResource, "Accepted.").Answers(200, Json.TaskResource, "It has ended (with `wait`); with `dryRun` an explanation as of `/explain`.")
            .Refuses(TaskErrors.UnknownQueue).WithIdempotency();
        tasks.MapPost("/submit", SubmitManyAsync).RequireScope("tasks:write").Operation("submitTasks", "Submits up to 1,000 tasks, each by itself")
            .Takes(Json.TaskBatchRequest).Answers(200, Json.TaskBatchAnswer, "A task or a problem for each item, in order.").WithIdempotency();
        tasks.MapGet("/", ListAsync).RequireScope("tasks:read").Operation("listTasks", "Lists tasks, newest first")
            .Query(QueryParameter.OneOf<AgentTaskStatus>("status", "Only with this status."), new QueryParameter("queue", "Only of this queue."),
                new QueryParameter("type", "Only of this type."), QueryParameter.Since, QueryParameter.Until, QueryParameter.Label, QueryParameter.Sort)
            .AnswersPage(Json.TaskResource, "A page of tasks, without results.");
        tasks.MapGet("/{id}", GetAsync).RequireScope("tasks:read").Operation("getTask", "Reads a task", "With `after` (its ETag) and `wait` it answers when the task has changed, or when the time is over.")
            .Query(QueryParameter.Wait, QueryParameter.After).Answers(200, Json.TaskResource, "The task.").Refuses(TaskErrors.NotFound);
        tasks.MapGet("/{id}/explain", ExplainAsync).RequireScope("tasks:read").Operation("explainTask", "Says why a task is as it is and what happens next")
            .Answers(200, Json.TaskExplanation, "The explanation.").Refuses(TaskErrors.NotFound);
        tasks.MapGet("/{id}/history", HistoryAsync).RequireScope("tasks:read").Operation("getTaskHistory", "Lists a task's attempts")
            .AnswersPage(Json.TaskAttemptResource, "The last 20 attempts, oldest first.").Refuses(TaskErrors.NotFound);
        tasks.MapPost("/{id}/cancel", CancelAsync).RequireScope("tasks:write").Operation("cancelTask", "Cancels a task", "A waiting task is cancelled at once; a running one is asked to stop, and a result that comes first wins.")
            .Takes(Json.TaskCancelRequest, optional: true).Answers(200, Json.TaskResource, "The task after it.").Refuses(TaskErrors.NotFound, TaskErrors.AlreadyEnded);
        tasks.MapPost("/{id}/replay", ReplayAsync).RequireScope("tasks:write").Operation("replayTask", "Gives a dead letter another chance, edited")
            .Takes(Json.TaskReplayRequest, optional: true).Answers(200, Json.TaskResource, "The task, queued again.").Refuses(TaskErrors.NotFound, TaskErrors.NotDeadLettered);
        tasks.MapDelete("/{id}", DeleteAsync).RequireScope("tasks:write").Operation("deleteTask", "Deletes an ended task")
            .Answers(204, "It is gone.").Refuses(TaskErrors.NotFound, TaskErrors.NotEnded);
        tasks.MapPost("/{id}/complete", CompleteAsync).RequireScope("tasks:work").Operation("completeTask", "Settles an attempt with a result")
            .Takes(Json.TaskCompleteRequest).Answers(200, Json.TaskSettled, "Where the task stands.").Refuses(Late);
        tasks.MapPost("/{id}/fail", FailAsync).RequireScope("tasks:work").Operation("failTask", "Settles an attempt with a failure")
            .Takes(Json.TaskFailRequest).Answers(200, Json.TaskSettled, "Where the task stands.").Refuses(Late);
        tasks.MapPost("/{id}/release", ReleaseAsync).RequireScope("tasks:work").Operation("releaseTask", "Gives an attempt back, uncounted")
            .Takes(Json.TaskReleaseRequest).Answers(200, Json.TaskSettled, "Where the task stands.").Refuses(Late);
        tasks.MapPost("/{id}/progress", ProgressAsync).RequireScope("tasks:work").Operation("progressTask", "Extends an attempt's lease and tells how far it is")
            .Takes(Json.TaskProgressRequest).Answers(200, Json.TaskProgressReply, "The new lease.").Refuses(Late);
    }

    private static ErrorCode[] Late { get; } =
        [TaskErrors.NotFound, TaskErrors.AttemptSuperseded, TaskErrors.SettledDifferently, TaskErrors.TokenUnknown];

    private static async Task<IResult> SubmitAsync(HttpContext http, TaskSubmission submission, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (wait, dryRun) = (query.Wait(), query.DryRun());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var request = await ApiBody.ReadAsync(http, Json.TaskRequest, ct);
        return !request.Ok ? ApiResults.Problem(request.Problem!)
            : dryRun ? (await submission.PreviewAsync(http.GetCaller(), request.Value, ct)).ToResult(Json.TaskExplanation)
            : await submission.SubmitAsync(http, request.Value, wait, ct);
    }

    private static async Task<IResult> SubmitManyAsync(HttpContext http, TaskSubmission submission, CancellationToken ct)
    {
        var request = await ApiBody.ReadAsync(http, Json.TaskBatchRequest, ct);
        return request.Ok ? await submission.SubmitManyAsync(http, request.Value, ct) : ApiResults.Problem(request.Problem!);
    }

    private static async Task<IResult> ListAsync(HttpContext http, TaskLister lister, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (limit, cursor, newestFirst) = (query.Limit(), query.Cursor(), query.NewestFirst());
        var filter = new TaskFilter
        {
            Status = query.OneOf<AgentTaskStatus>("status"),
            Queue = query.Text("queue"),
            Type = query.Text("type"),
            Since = query.Since(),
            Until = query.Until(),
            Labels = query.Labels(),
        };
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var page = await lister.ListAsync(http.GetCaller(), filter, limit, cursor, newestFirst, ct);
        return ApiResults.Page(new Page<TaskResource>([.. page.Items.Select(t => TaskResources.Of(t))], page.Next), Json.TaskResource);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, TaskService tasks, TaskWaiters waiters, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (wait, after) = (query.Wait(), query.Text("after"));
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        if (!tasks.TryReadId(id, out var key))
        {
            return NotFound();
        }

        var caller = http.GetCaller();
        var found = wait is { } patience
            ? await waiters.UntilAsync(key, token => tasks.FindAsync(caller, key, token), t => Changed(t, after), patience, ct)
            : await tasks.FindAsync(caller, key, ct);
        return found is { } stored ? await AnswerAsync(tasks, stored, ct) : NotFound();
    }

    // Without a cursor a wait is for the end; with one, for any change.
    private static bool Changed(StoredTask? stored, string? after) =>
        stored is not { } found || (after is null ? found.Task.Ended : ETags.Of(found.Row.Version).Trim('"') != after.Trim('"'));

    private static async Task<IResult> AnswerAsync(TaskService tasks, StoredTask stored, CancellationToken ct)
    {
        var result = await tasks.ResultOfAsync(stored, ct);
        return ApiResults.Json(TaskResources.Of(stored.Task, result), Json.TaskResource, stored.Row.Version);
    }

    private static async Task<IResult> ExplainAsync(string id, HttpContext http, TaskService tasks, TaskExplanations explanations, CancellationToken ct) =>
        tasks.TryReadId(id, out var key) && await tasks.FindAsync(http.GetCaller(), key, ct) is { } stored
            ? ApiResults.Json(await explanations.ExplainAsync(stored, ct), Json.TaskExplanation)
            : NotFound();

    private static async Task<IResult> HistoryAsync(string id, HttpContext http, TaskService tasks, CancellationToken ct) =>
        tasks.TryReadId(id, out var key) && await tasks.FindAsync(http.GetCaller(), key, ct) is { } stored
            ? ApiResults.Page(new Page<TaskAttemptResource>(TaskResources.History(stored.Task), null), Json.TaskAttemptResource)
            : NotFound();

    private static async Task<IResult> CancelAsync(string id, HttpContext http, TaskService tasks, TaskSteering steering, CancellationToken ct)
    {
        var request = await ApiBody.ReadOptionalAsync(http, Json.TaskCancelRequest, new TaskCancelRequest(), ct);
        if (!request.Ok)
        {
            return ApiResults.Problem(request.Problem!);
        }

        var reason = request.Value.Reason;
        if (reason is { Length: > TaskLimits.ReasonMax })
        {
            return ApiResults.Problem(Fault("/reason", $"A reason has at most {TaskLimits.ReasonMax} characters."));
        }

        return tasks.TryReadId(id, out var key) ? Answer(await steering.CancelAsync(http.GetCaller(), key, reason, ct)) : NotFound();
    }

    private static async Task<IResult> ReplayAsync(
        string id, HttpContext http, TaskService tasks, TaskSteering steering, Retry.IRetryPolicies policies, CancellationToken ct)
    {
        var request = await ApiBody.ReadOptionalAsync(http, Json.TaskReplayRequest, new TaskReplayRequest(), ct);
        if (!request.Ok)
        {
            return ApiResults.Problem(request.Problem!);
        }

        var faults = TaskRequestFaults.Of(request.Value, policies);
        return faults.Count > 0 ? ApiResults.Problem(new Problem(ApiErrors.Invalid) { Faults = faults })
            : tasks.TryReadId(id, out var key) ? Answer(await steering.ReplayAsync(http.GetCaller(), key, request.Value, ct))
            : NotFound();
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, TaskService tasks, TaskSteering steering, CancellationToken ct) =>
        !tasks.TryReadId(id, out var key) ? NotFound()
        : await steering.DeleteAsync(http.GetCaller(), key, ct) is { } problem ? ApiResults.Problem(problem)
        : ApiResults.NoContent();

    private static async Task<IResult> CompleteAsync(string id, HttpContext http, TaskService tasks, TaskSettlement settlement, CancellationToken ct)
    {
        var request = await ApiBody.ReadAsync(http, Json.TaskCompleteRequest, ct, TaskLimits.ResultMax + 4_096);
        return !request.Ok ? ApiResults.Problem(request.Problem!)
            : request.Value.Result.Length > TaskLimits.ResultMax ? ApiResults.Problem(Fault("/result", "A result has at most 1 MiB."))
            : tasks.TryReadId(id, out var key) ? (await settlement.CompleteAsync(key, request.Value, ct)).ToResult(Json.TaskSettled)
            : NotFound();
    }

    private static async Task<IResult> FailAsync(string id, HttpContext http, TaskService tasks, TaskSettlement settlement, CancellationToken ct)
    {
        var request = await ApiBody.ReadAsync(http, Json.TaskFailRequest, ct);
        return !request.Ok ? ApiResults.Problem(request.Problem!)
            : tasks.TryReadId(id, out var key) ? (await settlement.FailAsync(key, request.Value, ct)).ToResult(Json.TaskSettled)
            : NotFound();
    }

    private static async Task<IResult> ReleaseAsync(string id, HttpContext http, TaskService tasks, TaskSettlement settlement, CancellationToken ct)
    {
        var request = await ApiBody.ReadAsync(http, Json.TaskReleaseRequest, ct);
        return !request.Ok ? ApiResults.Problem(request.Problem!)
            : tasks.TryReadId(id, out var key) ? (await settlement.ReleaseAsync(key, request.Value, ct)).ToResult(Json.TaskSettled)
            : NotFound();
    }

    private static async Task<IResult> ProgressAsync(string id, HttpContext http, TaskService tasks, TaskSettlement settlement, CancellationToken ct)
    {
        var request = await ApiBody.ReadAsync(http, Json.TaskProgressRequest, ct);
        if (!request.Ok)
        {
            return ApiResults.Problem(request.Problem!);
        }

        return ProgressFault(request.Value) is { } fault ? ApiResults.Problem(fault)
            : tasks.TryReadId(id, out var key) ? (await settlement.ProgressAsync(key, request.Value, ct)).ToResult(Json.TaskProgressReply)
            : NotFound();
    }

    private static Problem? ProgressFault(TaskProgressRequest request) => request switch
    {
        { Percent: < 0 or > 100 } => Fault("/percent", "A percentage is 0 to 100."),
        { Message.Length: > TaskLimits.ReasonMax } => Fault("/message", $"A message has at most {TaskLimits.ReasonMax} characters."),
        { Data.Length: > TaskLimits.ProgressDataMax } => Fault("/data", "Progress data has at most 4 KiB."),
        _ => null,
    };

    private static Problem Fault(string path, string message) =>
        new(ApiErrors.Invalid) { Faults = [new Fault(path, ApiErrors.InvalidValue.Code, message)] };

    private static IResult Answer(Outcome<StoredTask> outcome) =>
        outcome.ToResult(stored => ApiResults.Json(TaskResources.Of(stored.Task), Json.TaskResource, stored.Row.Version));

    private static IResult NotFound() => ApiResults.Problem(new Problem(TaskErrors.NotFound));
}
