using Foundation.Api;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Workflows;

/// <summary>Routes of runs.</summary>
internal static class RunsEndpoints
{
    private static readonly WorkflowsJson Json = WorkflowsJson.Default;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/api/runs").WithTags("runs");
        runs.MapGet("/", ListAsync).RequireScope("workflows:read").Operation("listRuns", "Lists runs, newest first")
            .Query(QueryParameter.OneOf<WorkflowRunStatus>("status", "Only with this status."), new QueryParameter("workflow", "Only of this workflow."),
                new QueryParameter("key", "Only with this key."), QueryParameter.Since, QueryParameter.Until, QueryParameter.Label, QueryParameter.Sort)
            .AnswersPage(Json.RunResource, "A page of runs, without inputs, results and outputs.");
        runs.MapGet("/{id}", GetAsync).RequireScope("workflows:read")
            .Operation("getRun", "Reads or watches a run", "With `wait` alone it answers when the run has ended.").Watchable().Answers(200, Json.RunResource, "The run.").Refuses(WorkflowErrors.RunNotFound);
        runs.MapGet("/{id}/explain", ExplainAsync).RequireScope("workflows:read").Operation("explainRun", "Says why a run is as it is and what happens next")
            .Answers(200, Json.RunExplanation, "The explanation.").Refuses(WorkflowErrors.RunNotFound);
        runs.MapGet("/{id}/history", HistoryAsync).RequireScope("workflows:read").Operation("getRunHistory", "Lists what happened in a run")
            .AnswersPage(Json.RunEvent, "What happened, oldest first.").Refuses(WorkflowErrors.RunNotFound);
        runs.MapPost("/{id}/pause", PauseAsync).RequireScope("workflows:write").Operation("pauseRun", "Keeps a run from starting further steps", "Steps whose tasks are under way go on.")
            .Takes(Json.RunSteerRequest, """{"reason":"the vendor is down"}""", optional: true).Answers(200, Json.RunResource, "The run after it.")
            .Refuses(WorkflowErrors.RunNotFound, WorkflowErrors.RunEnded, WorkflowErrors.RunStopping);
        runs.MapPost("/{id}/resume", ResumeAsync).RequireScope("workflows:write").Operation("resumeRun", "Lets a paused run go on")
            .Answers(200, Json.RunResource, "The run after it.").Refuses(WorkflowErrors.RunNotFound, WorkflowErrors.RunEnded, WorkflowErrors.RunStopping);
        runs.MapPost("/{id}/cancel", CancelAsync).RequireScope("workflows:write")
            .Operation("cancelRun", "Cancels a run", "No step starts any more, and tasks under way are cancelled; the run has ended when they have.")
            .Takes(Json.RunSteerRequest, optional: true).Answers(200, Json.RunResource, "The run after it.")
            .Refuses(WorkflowErrors.RunNotFound, WorkflowErrors.RunEnded);
    }

    private static async Task<IResult> ListAsync(HttpContext http, RunLister lister, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (limit, cursor, newestFirst) = (query.Limit(), query.Cursor(), query.NewestFirst());
        var filter = new RunFilter
        {
            Status = query.OneOf<WorkflowRunStatus>("status"),
            Workflow = query.Text("workflow"),
            Key = query.Text("key"),
            Since = query.Since(),
            Until = query.Until(),
            Labels = query.Labels(),
        };
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var page = await lister.ListAsync(http.GetCaller(), filter, limit, cursor, newestFirst, ct);
        return ApiResults.Page(new Page<RunResource>([.. page.Items.Select(r => RunResources.Of(r))], page.Next), Json.RunResource);
    }

    private static async Task<IResult> GetAsync(
        string id, HttpContext http, RunService runs, RunReads reads, RunWaiters waiters, RunWatch watch, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (wait, after) = (query.Wait(), query.After());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        if (!runs.TryReadId(id, out var key))
        {
            return NotFound();
        }

        var caller = http.GetCaller();
        if (Watches.IsWatch(http))
        {
            return await runs.FindAsync(caller, key, ct) is null ? NotFound() : ApiResults.Watch(watch.Of(caller, key), Json.RunResource, after, wait);
        }

        var found = wait is { } patience
            ? await waiters.UntilAsync(key, token => runs.FindAsync(caller, key, token), r => r is not { Run.Ended: false }, patience, ct)
            : await runs.FindAsync(caller, key, ct);
        return found is { } stored ? ApiResults.Json(await reads.WholeAsync(stored, ct), Json.RunResource, stored.Row.Version) : NotFound();
    }

    private static async Task<IResult> ExplainAsync(string id, HttpContext http, RunService runs, RunReads reads, CancellationToken ct) =>
        await FindAsync(id, http, runs, ct) is { } stored ? ApiResults.Json(await reads.ExplainAsync(stored, ct), Json.RunExplanation) : NotFound();

    private static async Task<IResult> HistoryAsync(string id, HttpContext http, RunService runs, RunReads reads, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (limit, cursor) = (query.Limit(), query.Cursor());
        return query.Refusal() is { } refusal ? ApiResults.Problem(refusal)
            : await FindAsync(id, http, runs, ct) is { } stored ? ApiResults.Page(await reads.HistoryAsync(stored, limit, cursor, ct), Json.RunEvent)
            : NotFound();
    }

    private static async Task<IResult> PauseAsync(string id, HttpContext http, RunService runs, RunReads reads, CancellationToken ct)
    {
        var reason = await ReasonAsync(http, ct);
        return !reason.Ok ? ApiResults.Problem(reason.Problem!)
            : runs.TryReadId(id, out var key) ? await AnswerAsync(await runs.PauseAsync(http.GetCaller(), key, reason.Value.Reason, ct), reads, ct)
            : NotFound();
    }

    private static async Task<IResult> ResumeAsync(string id, HttpContext http, RunService runs, RunReads reads, CancellationToken ct) =>
        runs.TryReadId(id, out var key) ? await AnswerAsync(await runs.ResumeAsync(http.GetCaller(), key, ct), reads, ct) : NotFound();

    private static async Task<IResult> CancelAsync(string id, HttpContext http, RunService runs, RunReads reads, CancellationToken ct)
    {
        var reason = await ReasonAsync(http, ct);
        return !reason.Ok ? ApiResults.Problem(reason.Problem!)
            : runs.TryReadId(id, out var key) ? await AnswerAsync(await runs.CancelAsync(http.GetCaller(), key, reason.Value.Reason, ct), reads, ct)
            : NotFound();
    }

    private static async ValueTask<Outcome<RunSteerRequest>> ReasonAsync(HttpContext http, CancellationToken ct)
    {
        var request = await ApiBody.ReadOptionalAsync(http, Json.RunSteerRequest, new RunSteerRequest(), ct);
        return request.Ok && request.Value.Reason is { Length: > WorkflowLimits.ReasonMax }
            ? new Problem(ApiErrors.Invalid)
            {
                Faults = [new Fault("/reason", ApiErrors.InvalidValue.Code, $"A reason has at most {WorkflowLimits.ReasonMax} characters.")],
            }
            : request;
    }

    private static async ValueTask<StoredRun?> FindAsync(string id, HttpContext http, RunService runs, CancellationToken ct) =>
        runs.TryReadId(id, out var key) ? await runs.FindAsync(http.GetCaller(), key, ct) : null;

    private static async ValueTask<IResult> AnswerAsync(Outcome<StoredRun> outcome, RunReads reads, CancellationToken ct) => outcome.Ok
        ? ApiResults.Json(await reads.WholeAsync(outcome.Value, ct), Json.RunResource, outcome.Value.Row.Version)
        : ApiResults.Problem(outcome.Problem!);

    private static IResult NotFound() => ApiResults.Problem(new Problem(WorkflowErrors.RunNotFound));
}
