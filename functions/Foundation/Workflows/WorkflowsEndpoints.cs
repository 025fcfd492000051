using Foundation.Api;
using Foundation.Configuration;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Workflows;

/// <summary>Routes of workflows, and of starting them.</summary>
internal static class WorkflowsEndpoints
{
    private static readonly WorkflowsJson Json = WorkflowsJson.Default;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/workflows").WithTags("workflows");
        workflows.MapGet("/", List).RequireScope("workflows:read").Operation("listWorkflows", "Lists the workflows that can be started")
            .AnswersPage(Json.WorkflowResource, "Every workflow.");
        workflows.MapGet("/{name}", Get).RequireScope("workflows:read").Operation("getWorkflow", "Reads a workflow", "Its document is at `/api/config/workflows/{name}`.")
            .Answers(200, Json.WorkflowResource, "The workflow.").Refuses(WorkflowErrors.NotFound);
        workflows.MapPost("/{name}/runs", StartAsync).RequireScope("workflows:write")
            .Operation("startRun", "Starts a run", "With a `key` that a live run of the workflow has, that run is answered. With `wait` it answers when the run has ended.")
            .Takes(Json.RunRequest, """{"input":{"url":"https://example.com"},"key":"order-7"}""", optional: true).Query(QueryParameter.Wait, QueryParameter.DryRun)
            .Answers(202, Json.RunResource, "Accepted.")
            .Answers(200, Json.RunResource, "The live run of the key, or one that has ended (with `wait`); with `dryRun` what would happen.")
            .Refuses(WorkflowErrors.NotFound, WorkflowErrors.Contended).WithIdempotency();
    }

    private static IResult List(HttpContext http, ConfigView<WorkflowDefinition> workflows)
    {
        var query = ApiQuery.Of(http);
        var (limit, after) = (query.Limit(), query.Cursor());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        // By name, so that a page goes on at the right place although the documents have changed in between.
        var rest = workflows.Names.Where(n => after is null || string.CompareOrdinal(n, after) > 0).Take(limit + 1).ToList();
        var items = rest.Take(limit).Select(workflows.Find).OfType<WorkflowDefinition>().Select(RunResources.Of).ToList();
        return ApiResults.Page(new Page<WorkflowResource>(items, rest.Count > limit ? rest[limit - 1] : null), Json.WorkflowResource);
    }

    private static IResult Get(string name, ConfigView<WorkflowDefinition> workflows) => workflows.Find(name) is { } definition
        ? ApiResults.Json(RunResources.Of(definition), Json.WorkflowResource)
        : ApiResults.Problem(new Problem(WorkflowErrors.NotFound));

    private static async Task<IResult> StartAsync(
        string name, HttpContext http, RunStarter starter, RunService runs, RunReads reads, RunWaiters waiters, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (wait, dryRun) = (query.Wait(), query.DryRun());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var request = await ApiBody.ReadOptionalAsync(http, Json.RunRequest, new RunRequest(), ct);
        if (!request.Ok)
        {
            return ApiResults.Problem(request.Problem!);
        }

        var caller = http.GetCaller();
        if (dryRun)
        {
            return (await starter.PreviewAsync(caller, name, request.Value, ct)).ToResult(Json.RunPreview);
        }

        var started = await starter.StartAsync(http, name, request.Value, ct);
        if (!started.Ok)
        {
            return ApiResults.Problem(started.Problem!);
        }

        var stored = started.Value.Stored;
        if (wait is { } patience && patience > TimeSpan.Zero)
        {
            var id = stored.Run.Id;
            stored = await waiters.UntilAsync(id, token => runs.FindAsync(caller, id, token), r => r is not { Run.Ended: false }, patience, ct) ?? stored;
        }

        return ApiResults.Json(
            await reads.WholeAsync(stored, ct), Json.RunResource, stored.Row.Version,
            started.Value.Existing || stored.Run.Ended ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, $"/api/runs/{stored.Run.IdText}");
    }
}
