using Foundation.Api;
using Foundation.Security;
using Foundation.Tasks.Explain;
using Microsoft.AspNetCore.Http;

namespace Foundation.Tasks;

/// <summary>The API's way in: checks, stores, waits, answers.</summary>
internal sealed class TaskSubmission(
    TaskRequests requests, TaskSubmitter submitter, TaskService tasks, TaskWaiters waiters, TaskExplanations explanations)
{
    private const string TraceParent = "traceparent";

    public async ValueTask<Outcome<TaskExplanation>> PreviewAsync(Caller caller, TaskRequest request, CancellationToken ct)
    {
        var prepared = requests.Prepare(caller, request, null, null);
        return prepared.Ok ? await explanations.PreviewAsync(prepared.Value, ct) : prepared.Problem!;
    }

    public async ValueTask<IResult> SubmitAsync(HttpContext http, TaskRequest request, TimeSpan? wait, CancellationToken ct)
    {
        var caller = http.GetCaller();
        var prepared = requests.Prepare(caller, request, http.Request.Headers[TraceParent], null);
        if (!prepared.Ok)
        {
            return ApiResults.Problem(prepared.Problem!);
        }

        var id = await http.NewIdAsync("task", requests.ShardFor(prepared.Value.Task.Queue), ct);
        if (!id.Ok)
        {
            return ApiResults.Problem(id.Problem!);
        }

        var stored = await submitter.StoreAsync(Under(prepared.Value, id.Value.Id), ct);
        if (wait is { } patience && patience > TimeSpan.Zero)
        {
            var key = stored.Task.Id;
            stored = await waiters.UntilAsync(key, token => tasks.FindAsync(caller, key, token), t => t is not { Task.Ended: false }, patience, ct) ?? stored;
        }

        var result = stored.Task.Ended ? await tasks.ResultOfAsync(stored, ct) : default;
        var resource = TaskResources.Of(stored.Task, result, prepared.Value.Warnings);
        return ApiResults.Json(
            resource, TasksJson.Default.TaskResource, stored.Row.Version,
            stored.Task.Ended ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, $"/api/tasks/{resource.Id}");
    }

    public async ValueTask<IResult> SubmitManyAsync(HttpContext http, TaskBatchRequest batch, CancellationToken ct)
    {
        if (batch.Items.Count is 0 or > TaskLimits.ItemsMax)
        {
            return ApiResults.Problem(new Problem(ApiErrors.Invalid)
            {
                Faults = [new Fault("/items", ApiErrors.InvalidValue.Code, $"1–{TaskLimits.ItemsMax} items can be submitted at once.")],
            });
        }

        var caller = http.GetCaller();
        var traceParent = (string?)http.Request.Headers[TraceParent];
        var prepared = batch.Items.Select(item => requests.Prepare(caller, item, traceParent, null)).ToList();
        var good = prepared.Where(p => p.Ok).Select(p => p.Value).ToList();
        var ids = await http.NewIdsAsync("task", [.. good.Select(p => requests.ShardFor(p.Task.Queue))], ct);
        if (!ids.Ok)
        {
            return ApiResults.Problem(ids.Problem!);
        }

        var stored = await submitter.StoreAsync([.. good.Zip(ids.Value.Ids, Under)], ct);
        var next = 0;
        var items = prepared.ConvertAll(p => p.Ok
            ? TaskBatchItem.Of(TaskResources.Of(stored[next++].Task, default, p.Value.Warnings))
            : TaskBatchItem.Of(p.Problem!));
        return ApiResults.Json(new TaskBatchAnswer(items), TasksJson.Default.TaskBatchAnswer);
    }

    private static PreparedTask Under(PreparedTask prepared, ResourceId id) => prepared with { Task = prepared.Task with { Id = id } };
}
