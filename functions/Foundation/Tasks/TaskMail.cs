using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Tasks;

/// <summary>A task that another room wants done: the body of a post with verb <see cref="TaskMail.Submit"/>.</summary>
/// <param name="Request">As an API caller would send it.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Caller">The key it is made for.</param>
/// <param name="OwnerRoom">Who hears of its end, by a post with verb <c>task-ended</c> and <see cref="TaskEndedNotice"/>.</param>
/// <param name="OwnerSubject">About what.</param>
/// <param name="TraceParent">W3C trace context.</param>
public sealed record TaskOrder(TaskRequest Request, string Tenant, string Caller, string OwnerRoom, string OwnerSubject, string? TraceParent);

/// <summary>What other rooms may ask: posts to <c>tasks/submit/{id}</c> and <c>tasks/cancel/{id}</c>, with ids that they minted.</summary>
internal sealed class TaskMail(TaskService tasks, TaskRequests requests, TaskSubmitter submitter, TaskSteering steering)
{
    public const string Room = "tasks";
    public const string Submit = "submit";
    public const string Cancel = "cancel";
    private static readonly TimeSpan RefusedRetention = TimeSpan.FromDays(30);

    public async ValueTask ReceiveAsync(Post post, CancellationToken ct)
    {
        if (!tasks.TryReadId(post.To.Subject, out var id))
        {
            throw new InvalidOperationException($"Post for '{post.To.Subject}': not a task's id");
        }

        switch (post.To.Verb)
        {
            case Submit:
                await SubmitAsync(id, post, ct);
                break;
            case Cancel:
                await CancelAsync(id, post, ct);
                break;
            default:
                throw new InvalidOperationException($"Tasks do not know the verb '{post.To.Verb}'");
        }
    }

    private async ValueTask SubmitAsync(ResourceId id, Post post, CancellationToken ct)
    {
        if (await tasks.FindAsync(Kernel.Caller.System, id, ct) is not null)
        {
            return;
        }

        var order = JsonSerializer.Deserialize(post.Body.Span, TaskMailJson.Default.TaskOrder)!;
        var owner = new TaskOwner(order.OwnerRoom, order.OwnerSubject);
        var caller = new Caller(order.Caller, order.Tenant, new HashSet<string>());
        var prepared = requests.Prepare(caller, order.Request, order.TraceParent, id, owner);
        await submitter.StoreAsync(prepared.Ok ? prepared.Value : Refused(id, order, owner, prepared.Problem!), ct);
    }

    // The definition was checked, but what it became at run time is not a task: the owner learns it as a dead letter with the faults.
    private PreparedTask Refused(ResourceId id, TaskOrder order, TaskOwner owner, Problem problem)
    {
        var detail = string.Join("; ", problem.Faults.Select(f => $"{f.Path}: {f.Message}").DefaultIfEmpty(problem.Detail ?? problem.Error.Title));
        var now = tasks.Now;
        var task = new AgentTask
        {
            Id = id,
            Tenant = order.Tenant,
            CreatedBy = order.Caller,
            Type = order.Request.Type.Length is 0 or > TaskLimits.TypeMax ? "invalid" : order.Request.Type,
            Queue = "default",
            Target = new TaskTarget { Capability = "invalid" },
            Priority = TaskPriority.Normal,
            CreatedAt = now,
            Status = AgentTaskStatus.DeadLettered,
            Since = now,
            Reason = "the request is not a task",
            Number = 1,
            QueuedAt = now,
            EndedAt = now,
            RetainUntil = now + RefusedRetention,
            Timeout = TaskLimits.TimeoutDefault,
            Heartbeat = TaskLimits.HeartbeatDefault,
            Owner = owner,
            Problem = new TaskProblem { Code = problem.Error.Code, Class = "client", Detail = TaskTransitions.Cut(detail) },
        };
        return new PreparedTask(task, default, []);
    }

    private async ValueTask CancelAsync(ResourceId id, Post post, CancellationToken ct)
    {
        var reason = post.Body.IsEmpty ? null : JsonSerializer.Deserialize(post.Body.Span, TaskMailJson.Default.TaskCancelRequest)?.Reason;
        var outcome = await steering.CancelAsync(Kernel.Caller.System, id, reason, ct);
        if (!outcome.Ok && outcome.Problem!.Error == TaskErrors.NotFound)
        {
            // Posts have no order: the creation is still under way and will be delivered; this one is tried again after it.
            throw new InvalidOperationException($"Task {post.To.Subject} is not there yet");
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(DurationJsonConverter)])]
[JsonSerializable(typeof(TaskOrder))]
[JsonSerializable(typeof(TaskCancelRequest))]
internal sealed partial class TaskMailJson : JsonSerializerContext;
