using Foundation.Conformance.Entities;
using Foundation.Protocols;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Functions.Tests.Fakes;

/// <summary>A room that does what a test says, and remembers what it was asked.</summary>
internal sealed class ProbeRoom : IRoom
{
    public static readonly Space Space = new("probe");
    public static readonly Table Rows = new("probes", Space, KeyForm.Text);
    public static readonly Table Ids = new("probeids", Space, KeyForm.Id);

    public RoomInfo Info { get; } = new("probe")
    {
        Tables = [Rows, Ids],
        Lanes =
        [
            new LaneFamily("probe/", Promptness.Prompt), new LaneFamily("tasks/queued/", Promptness.Prompt),
            new LaneFamily("tasks/ended/", Promptness.Sweep), new LaneFamily("runs/", Promptness.Prompt, LaneForm.EachRow),
        ],
        Entities = [new Adder()],
    };

    /// <summary>Done at each wake-up.</summary>
    public Func<WakeUp, CancellationToken, ValueTask> OnWake { get; set; } = (_, _) => ValueTask.CompletedTask;

    /// <summary>Done at each tick.</summary>
    public Func<JobGroup, ValueTask> OnTick { get; set; } = _ => ValueTask.CompletedTask;

    public List<WakeUp> Woken { get; } = [];

    public List<JobGroup> Ticks { get; } = [];

    public void Map(IEndpointRouteBuilder routes)
    {
    }

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct)
    {
        Woken.Add(wakeUp);
        return OnWake(wakeUp, ct);
    }

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct)
    {
        Ticks.Add(group);
        return OnTick(group);
    }
}
