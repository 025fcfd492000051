using Foundation.Configuration;
using Foundation.Retry;
using Foundation.Tasks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Foundation.Workflows;

/// <summary>Adds the room.</summary>
public static class WorkflowsServices
{
    /// <summary>Workflows and their runs; brings the rooms that they need.</summary>
    public static FoundationBuilder AddWorkflows(this FoundationBuilder builder, Action<WorkflowsOptions>? configure = null) =>
        builder.AddTasks().AddWorkflowsAlone(configure);

    /// <summary>Without the room <c>tasks</c>: somebody else receives its posts and is <see cref="IOwnedTasks"/>.</summary>
    internal static FoundationBuilder AddWorkflowsAlone(this FoundationBuilder builder, Action<WorkflowsOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddOptions<WorkflowsOptions>().Configure(o => configure?.Invoke(o)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkflowsOptions>, WorkflowsOptionsValidator>());
        services.TryAddSingleton<WorkflowsInstruments>();
        services.TryAddSingleton<RunDefinitions>();
        services.TryAddSingleton<StepPlanner>();
        services.TryAddSingleton<RunWaiters>();
        services.TryAddSingleton<RunInbox>();
        services.TryAddSingleton<RunAdvancer>();
        services.TryAddSingleton<IRunAdvancer>(provider => provider.GetRequiredService<RunAdvancer>());
        services.TryAddSingleton<RunService>();
        services.TryAddSingleton<RunStarter>();
        services.TryAddSingleton<RunLister>();
        services.TryAddSingleton<RunReads>();
        services.TryAddSingleton<RunRetention>();
        services.TryAddSingleton<RunWatch>();
        if (!services.Any(s => s.ServiceType == typeof(Kind<WorkflowDocument, WorkflowDefinition>)))
        {
            // Documents refer to retry policies, so that kind must be there.
            builder.AddRetry().AddKind(_ => WorkflowKind.Create());
        }

        return builder.AddRoom<WorkflowsRoom>();
    }
}

/// <summary>Workflows: what is declared; runs: what becomes of it.</summary>
internal sealed class WorkflowsRoom(RunAdvancer advancer, RunInbox inbox, RunRetention retention) : IRoom
{
    public RoomInfo Info { get; } = new(RunPosts.Room)
    {
        Tables = [RunTables.Runs, RunTables.Inbox, RunTables.History, RunTables.Keys, RunTables.Outputs],
        Lanes = [new LaneFamily(RunLanes.Waiting, Promptness.Prompt, LaneForm.EachRow), new LaneFamily(RunLanes.Ended, Promptness.Sweep)],
        Errors = WorkflowErrors.All,
        Features = ["workflows"],
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        WorkflowsEndpoints.Map(routes);
        RunsEndpoints.Map(routes);
    }

    public async ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct)
    {
        if (wakeUp.Lane == RunLanes.Ended)
        {
            await retention.DeleteEndedAsync(wakeUp.Shard, ct);
        }
        else if (wakeUp.Key is { } key)
        {
            await advancer.AdvanceAsync(RunRows.RunOf(key), ct);
        }
    }

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => post.To.Verb == RunPosts.TaskEnded
        ? inbox.TaskEndedAsync(post, ct)
        : throw new InvalidOperationException($"Workflows do not know the verb '{post.To.Verb}'");

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;
}
