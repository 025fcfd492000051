using Foundation.Queues;
using Foundation.Registry;
using Foundation.Tasks.Delivery;
using Foundation.Tasks.Dispatch;
using Foundation.Tasks.Explain;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Foundation.Tasks;

/// <summary>Durable tasks delivered to agents: the main job.</summary>
public sealed class TasksRoom : IRoom
{
    private readonly TaskDispatcher _dispatcher;
    private readonly TaskClocks _clocks;
    private readonly TaskMail _mail;
    private readonly SlotLedger _ledger;

    internal TasksRoom(TaskDispatcher dispatcher, TaskClocks clocks, TaskMail mail, SlotLedger ledger)
    {
        (_dispatcher, _clocks, _mail, _ledger) = (dispatcher, clocks, mail, ledger);
        Info = new RoomInfo("tasks")
        {
            Tables = [TaskTables.Tasks, TaskTables.Results, TaskTables.Edits],
            Lanes =
            [
                new LaneFamily(TaskLanes.QueuedPrefix, Promptness.Prompt) { MayWake = MayWake },
                new LaneFamily(TaskLanes.Scheduled, Promptness.Prompt),
                new LaneFamily(TaskLanes.RunningPrefix, Promptness.Sweep),
                new LaneFamily(TaskLanes.EndedPrefix, Promptness.Sweep),
            ],
            Errors = TaskErrors.All,
            Features = ["tasks", "tasks.push", "tasks.explain", "tasks.dead-letters"],
        };
    }

    /// <inheritdoc/>
    public RoomInfo Info { get; }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes) => TasksEndpoints.Map(routes);

    /// <inheritdoc/>
    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => wakeUp.Lane switch
    {
        TaskLanes.Scheduled => _clocks.PromoteAsync(wakeUp.Shard, ct),
        var lane when lane.StartsWith(TaskLanes.QueuedPrefix, StringComparison.Ordinal) => _dispatcher.WakeQueuedAsync(wakeUp, ct),
        var lane when lane.StartsWith(TaskLanes.RunningPrefix, StringComparison.Ordinal) => _clocks.LookAtRunningAsync(wakeUp.Shard, lane, ct),
        var lane => _clocks.DeleteEndedAsync(wakeUp.Shard, lane, ct),
    };

    /// <inheritdoc/>
    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => _mail.ReceiveAsync(post, ct);

    /// <inheritdoc/>
    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;

    // A lane whose target has no slot would only be denied again: its turn comes when a slot is free.
    private bool MayWake(string lane) => TaskLanes.TryParseQueued(lane, out _, out var target, out _, out _) && _ledger.HasSlot(target);
}

/// <summary>Adds the room.</summary>
public static class TasksServices
{
    /// <summary>Tasks, their dispatch and delivery; brings the rooms that it needs.</summary>
    public static FoundationBuilder AddTasks(this FoundationBuilder builder)
    {
        builder.AddQueues().AddRegistry();
        var services = builder.Services;
        services.TryAddSingleton<Queues.IQueueCounts, TaskCounts>();
        services.TryAddSingleton<TaskService>();
        services.TryAddSingleton<TaskRequests>();
        services.TryAddSingleton<TaskSubmitter>();
        services.TryAddSingleton<TaskSubmission>();
        services.TryAddSingleton<TaskSettlement>();
        services.TryAddSingleton<TaskLister>();
        services.TryAddSingleton<TaskTokens>();
        services.TryAddSingleton<TaskWaiters>();
        services.TryAddSingleton<TaskClocks>();
        services.TryAddSingleton<TaskMail>();
        services.TryAddSingleton<IOwnedTasks, OwnedTasks>();
        services.TryAddSingleton<TaskSteering>();
        services.TryAddSingleton<TaskRecovery>();
        services.TryAddSingleton<TaskExplanations>();
        services.TryAddSingleton<TasksInstruments>();
        services.TryAddSingleton<SlotLedger>();
        services.TryAddSingleton<LaneReader>();
        services.TryAddSingleton<AttemptRunner>();
        services.TryAddSingleton<TaskDispatcher>();
        services.TryAddSingleton<WorkerIncarnation>();
        services.AddTaskDelivery();
        services.AddHostedService<TasksWorker>();
        services.TryAddSingleton(provider => new TasksRoom(
            provider.GetRequiredService<TaskDispatcher>(), provider.GetRequiredService<TaskClocks>(), provider.GetRequiredService<TaskMail>(),
            provider.GetRequiredService<SlotLedger>()));
        return builder.AddRoom<TasksRoom>();
    }
}
