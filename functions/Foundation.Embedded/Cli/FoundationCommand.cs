using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;
using Foundation.Embedded.Hosting;

namespace Foundation.Embedded.Cli;

/// <summary>The command line: <c>foundation</c> runs the host; <c>keys</c> and <c>version</c> are beside it.</summary>
internal static class FoundationCommand
{
    /// <summary>The product's version.</summary>
    public static string Version { get; } =
        typeof(FoundationCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static Task<int> InvokeAsync(string[] args)
    {
        var options = new HostOptionSet();
        var root = new RootCommand("Foundation: production infrastructure for fleets of agents. Without a command it runs the host.");
        options.AddTo(root);
        root.SetAction((parsed, _) => RunCommand.RunAsync(options.Read(parsed)));

        var runOptions = new HostOptionSet();
        var run = new Command("run", "Runs the host (the default).");
        runOptions.AddTo(run);
        run.SetAction((parsed, _) => RunCommand.RunAsync(runOptions.Read(parsed)));
        root.Subcommands.Add(run);
        root.Subcommands.Add(KeysCommand.Create());

        var version = new Command("version", "Prints the version.");
        version.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(
            $"foundation {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"));
        root.Subcommands.Add(version);

        // Signals belong to the host's lifetime, and failures to Program.cs.
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction wrong)
        {
            // What is wrong is one line; the whole help would hide it.
            wrong.ShowHelp = false;
        }

        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    /// <summary>Settings as given, with the environment.</summary>
    public static EmbeddedSettings Merge(GivenSettings given) => EmbeddedSettings.Merge(given, Environment.GetEnvironmentVariable);
}
