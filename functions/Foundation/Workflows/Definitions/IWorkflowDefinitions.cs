namespace Foundation.Workflows;

/// <summary>The workflows that can be started now.</summary>
internal interface IWorkflowDefinitions
{
    /// <summary>Their names, in order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The definition in force, or null.</summary>
    WorkflowDefinition? Find(string name);
}
