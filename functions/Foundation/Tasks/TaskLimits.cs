namespace Foundation.Tasks;

/// <summary>The bounds of a task.</summary>
internal static class TaskLimits
{
    public const int TypeMax = 256;
    public const int LabelsMax = 16;
    public const int LabelTextMax = 128;
    public const int LabelsBytesMax = 4 * 1024;
    public const int DetailMax = 1_000;

    /// <summary>Of attempts before the last two: a state holds twenty in 32 KiB.</summary>
    public const int OldDetailMax = 100;
    public const int CodeMax = 100;
    public const int ReasonMax = 500;
    public const int ProgressDataMax = 4 * 1024;
    public const int ResultMax = 1024 * 1024;
    public const int ItemsMax = 1_000;
    public static readonly TimeSpan DelayMax = TimeSpan.FromDays(365);
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(30);
    public static readonly TimeSpan TimeoutDefault = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan HeartbeatDefault = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan HeartbeatMin = TimeSpan.FromSeconds(1);

    /// <summary>A push must answer (result or 202) within this.</summary>
    public static readonly TimeSpan PushAnswer = TimeSpan.FromSeconds(60);

    /// <summary>A push attempt's lease: its answer's limit and a little for the commit that follows.</summary>
    public static readonly TimeSpan PushLease = PushAnswer + TimeSpan.FromSeconds(10);
}
