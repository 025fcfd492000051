using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Foundation.Workflows;

/// <summary>Knobs of the room.</summary>
public sealed class WorkflowsOptions
{
    /// <summary>How long runs that succeeded or were cancelled are kept. Longer keeps more rows. 1 minute – 3650 days. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long failed runs are kept. 1 minute – 3650 days. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan FailedRetention { get; set; } = TimeSpan.FromDays(30);
}

[OptionsValidator]
internal sealed partial class WorkflowsOptionsValidator : IValidateOptions<WorkflowsOptions>;
