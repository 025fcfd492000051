namespace Foundation.Tasks;

/// <summary>The tables of work. One space: they commit together.</summary>
public static class TaskTables
{
    /// <summary>The space of tasks, results, queues.</summary>
    public static Space Work => Queues.QueueTables.Work;

    /// <summary>Tasks by id: state and data.</summary>
    public static Table Tasks { get; } = new("tasks", Work, KeyForm.Id);

    /// <summary>Results by task id.</summary>
    public static Table Results { get; } = new("results", Work, KeyForm.Id);

    /// <summary>Data edited by replays, by task id and edition.</summary>
    public static Table Edits { get; } = new("edits", Work, KeyForm.Text);
}
