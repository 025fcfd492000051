namespace Foundation.Configuration;

/// <summary>Stops a start: documents with faults. The message lists all of them.</summary>
public sealed class InvalidConfigurationException(Problem problem) : Exception(Describe(problem))
{
    /// <summary>Every fault; paths are a file and a JSON Pointer: <c>queues/default.yaml#/retry/policy</c>.</summary>
    public Problem Problem { get; } = problem;

    private static string Describe(Problem problem) =>
        "The configuration is not valid." + string.Concat(problem.Faults.Select(Line));

    private static string Line(Fault fault) =>
        $"{Environment.NewLine}  {fault.Path}: {fault.Message}{(fault.Hint is null ? "" : " " + fault.Hint)}";
}
