namespace Foundation.Registry;

/// <summary>How a call to an instance went, as far as the instance is to blame.</summary>
public enum InstanceOutcome
{
    /// <summary>It answered, be it with a refusal of the task itself.</summary>
    Success,

    /// <summary>It answered with its own failure, broke the connection, or did not answer in time.</summary>
    Failure,

    /// <summary>It could not be connected to.</summary>
    Refused,
}

/// <summary>Takes what this process sees of instances; the fleet's view (the service's entity) hears at most once a second.</summary>
public interface IInstanceHealthReporter
{
    /// <summary>Notes an outcome; cheap, never throws, never waits.</summary>
    void Report(Instance instance, InstanceOutcome outcome);
}
