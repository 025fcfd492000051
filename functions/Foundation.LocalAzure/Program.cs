using Foundation.LocalAzure;

try
{
    return await LocalAzureCommand.InvokeAsync(args);
}
#pragma warning disable CA1031 // The edge of the process: whoever runs it reads one sentence, not a stack trace.
catch (Exception e)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync(LocalAzureCommand.Explain(e));
    return 1;
}
