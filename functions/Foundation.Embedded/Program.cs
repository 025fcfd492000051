using Foundation.Embedded.Cli;
using Foundation.Embedded.Hosting;

// The `foundation` executable: `run` by default, `keys` and `version` beside it. Everything is in Cli/ and Hosting/.
try
{
    return await FoundationCommand.InvokeAsync(args);
}
#pragma warning disable CA1031 // The edge of the process: whoever runs it reads one sentence, not a stack trace.
catch (Exception e)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync(StartFailures.Explain(e));
    return 1;
}
