using Foundation.Conformance.Sqlite;

namespace Foundation.Conformance;

/// <summary>Runs the tests; or, when a crash test started this executable, is the process that it kills.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(CrashWriter.Variable) is { Length: > 0 } folder)
        {
            return CrashWriter.RunAsync(folder);
        }

        return args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
