namespace Foundation.Workflows;

/// <summary>The bounds of workflows and their runs.</summary>
internal static class WorkflowLimits
{
    /// <summary>Steps of a workflow. A run's state holds all of them within <see cref="CommitLimits.StateBytesMax"/> (tested).</summary>
    public const int StepsMax = 100;

    /// <summary>Characters of a step's name.</summary>
    public const int StepNameMax = 40;

    /// <summary>Bytes of a definition, which every run carries with it.</summary>
    public const int DefinitionBytesMax = 256 * 1024;

    /// <summary>Characters of a run's key.</summary>
    public const int KeyMax = 256;

    public const int LabelsMax = 16;
    public const int LabelTextMax = 128;
    public const int LabelsBytesMax = 4 * 1024;
    public const int ReasonMax = 500;
    public const int DetailMax = 500;
    public const int CodeMax = 100;

    /// <summary>Steps whose own problem a run keeps, shortened; the others' stand with their tasks.</summary>
    public const int StepProblemsMax = 4;

    public const int StepDetailMax = 100;

    /// <summary>Facts taken from the inbox in one commit: each costs two of its hundred operations.</summary>
    public const int InboxPerCommit = 20;

    /// <summary>Tasks asked for, or asked to stop, in one commit: each post costs two operations.</summary>
    public const int PostsPerCommit = 20;

    /// <summary>Bytes of posts in one commit, well under <see cref="CommitLimits.BytesMax"/>; one larger post goes alone.</summary>
    public const int PostBytesPerCommit = 2_000_000;

    /// <summary>Commits of one advance; whoever is not done by then is told to look again.</summary>
    public const int RoundsMax = 64;

    /// <summary>Conflicts in a row before an advance gives up; the row is still due.</summary>
    public const int ConflictsMax = 16;

    /// <summary>Bytes that the expressions of one step may look at.</summary>
    public const int ContextBytesMax = 8 * 1024 * 1024;

    /// <summary>Bytes of results that the answer about a run repeats; larger ones are read from their tasks.</summary>
    public const int ShownResultMax = 64 * 1024;

    public const int ShownResultsMax = 512 * 1024;

    /// <summary>Live steps whose tasks are explained with their run.</summary>
    public const int ExplainedTasksMax = 10;

    public static readonly TimeSpan DeadlineMax = TimeSpan.FromDays(365);
}
