// What a developer does here: build, run, test, measure, publish. `./dev` compiles this file once and starts it.
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property NoWarn=$(NoWarn);CA1303;CA1031
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

var root = Path.GetFullPath(Environment.GetEnvironmentVariable("FOUNDATION_DEV_ROOT") is { Length: > 0 } given
    ? given
    : AppContext.GetData("EntryPointFileDirectoryPath") as string ?? Directory.GetCurrentDirectory());
Environment.SetEnvironmentVariable("FOUNDATION_DEV_ROOT", null);
using var interrupts = new Interrupts();
var dev = new Dev(root, interrupts);
var rest = args.Skip(1).ToArray();
try
{
    return args.FirstOrDefault() switch
    {
        "run" => dev.Start("functions/Foundation.Embedded", rest),
        "test" when rest is ["azure", ..] => dev.TestAzure([.. rest[1..].Where(a => a != "--")]),
        "test" => new TestRun(dev).Run(rest),
        "bench" => dev.Start("tests/Foundation.Benchmarks", rest),
        "demo" => dev.Start("samples/demo", rest),
        "up" => dev.Start("functions/Foundation.LocalAzure", rest),
        "crash" => dev.Start("tests/Foundation.Crash", rest),
        "simulate" => dev.Start("tests/Foundation.Simulation", rest),
        "publish" => dev.Publish(rest),
        "help" or "--help" or "-h" or null => Dev.Help(),
        var unknown => Dev.Fail($"./dev knows no command '{unknown}'. Try ./dev help", 2),
    };
}
catch (StoppedException)
{
    return 130;
}

internal sealed class Dev(string root, Interrupts interrupts)
{
    /// Release: what is tested is what runs, and `run` after `test` has nothing left to compile.
    private const string Configuration = "Release";

    public string Root => root;

    public static int Help()
    {
        Console.WriteLine("""
            ./dev <command>

              run [options]            the embedded host: http://127.0.0.1:7070, data in ./.foundation (run --help lists the options)
              test [--all] [project]   builds everything and runs every test project; --all adds the slow suites
              test azure [-- DIR]      compares the stand-ins with the real Azure Functions packages (or with the assemblies in DIR)
              bench [options]          throughput and latency, with peers in the same run
              demo                     three agents work on real documents while one fails and one is killed
              up                       the product on the Azure adapters, over a local Azurite
              crash                    the crash ledger: kills under load, nothing accepted may be lost
              simulate [seed]          deterministic simulation
              publish [--rid RID]      one executable file, artifacts/publish/<rid>/foundation
              help                     this text
            """);
        return 0;
    }

    public static int Fail(string sentence, int exitCode = 1)
    {
        Console.Error.WriteLine(sentence);
        return exitCode;
    }

    /// Builds a project where that is needed, then becomes its executable.
    public int Start(string folder, string[] arguments)
    {
        if (FindProject(folder) is not { } project)
        {
            return Fail($"This checkout has no {folder}: the command is not part of it yet.");
        }

        var name = Path.GetFileNameWithoutExtension(project);
        var executable = Executable(project);
        var stamp = Path.Combine(root, "artifacts", "dev", name + ".stamp");
        var sources = Fingerprint(Path.GetDirectoryName(project)!);
        if (!File.Exists(executable) || !File.Exists(stamp) || File.ReadAllText(stamp) != sources)
        {
            if (Build(project, name) is var code and not 0)
            {
                return code;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
            File.WriteAllText(stamp, sources);
        }

        return Become(executable, arguments);
    }

    /// The stand-ins against the real assemblies, then the Functions tests compiled with those: out of a folder, or from the package feed.
    public int TestAzure(string[] folder)
    {
        var (check, app, tests) = (FindProject("tests/Foundation.StandIns.Check")!, FindProject("functions/Foundation.Functions")!, FindProject("tests/Foundation.Functions.Tests")!);
        var real = folder is [var given, ..] ? Path.GetFullPath(given) : null;
        if (real is null && !ServesAzurePackages(app))
        {
            Console.WriteLine("The package feed of this machine lacks some of the real Azure packages. Skipped; a folder of assemblies does as well: ./dev test azure -- DIR");
            return 0;
        }

        var option = real is null ? "-p:AzureStandIns=false" : $"-p:AzureRealAssemblies={real}";
        var code = Build(check, "the check");
        code = code != 0 ? code : Build(tests, "the tests with the real assemblies", option);
        code = code != 0 ? code : Run(Executable(check), [real ?? Path.GetDirectoryName(Executable(app))!], Console.WriteLine, TimeSpan.FromMinutes(2));
        var kind = real is null ? "packages" : "real-assemblies";
        return code != 0 ? code : Run(Executable(tests, kind), ["-noLogo", "-noColor"], Console.WriteLine, TimeSpan.FromMinutes(10));
    }

    private bool ServesAzurePackages(string app)
    {
        var output = new StringBuilder();
        var code = Run("dotnet", ["restore", app, "-p:AzureStandIns=false", "-v", "q"], line => output.AppendLine(line), TimeSpan.FromMinutes(5));
        var missing = output.ToString() is var text && (text.Contains("NU1101", StringComparison.Ordinal) || text.Contains("NU1102", StringComparison.Ordinal));
        if (code != 0 && !missing)
        {
            Console.Error.Write(text);
        }

        return code == 0;
    }

    public int Publish(string[] arguments)
    {
        var rid = arguments is ["--rid", var named, ..] ? named : RuntimeInformation.RuntimeIdentifier;
        var target = Path.Combine(root, "artifacts", "publish", rid);
        var work = Path.Combine(root, "artifacts", "publish-work", rid);
        var code = DotNet($"Publishing for {rid}", [
            "publish", FindProject("functions/Foundation.Embedded")!, "-c", Configuration, "-r", rid, "--self-contained", "-o", work, "-v", "q", "-nologo",
            "-p:PublishSingleFile=true", "-p:IncludeNativeLibrariesForSelfExtract=true", "-p:DebugType=none",
            // The lock files in the repository know no platform.
            "-p:NuGetLockFilePath=obj/publish.lock.json"]);
        if (code != 0)
        {
            return code;
        }

        var suffix = rid.StartsWith("win", StringComparison.Ordinal) ? ".exe" : "";
        var file = Path.Combine(target, "foundation" + suffix);
        Directory.CreateDirectory(target);
        File.Copy(Path.Combine(work, "Foundation.Embedded" + suffix), file, overwrite: true);
        Console.WriteLine($"{Path.GetRelativePath(root, file)} ({new FileInfo(file).Length / 1048576} MiB)");
        return 0;
    }

    public int Build(string project, string what, params string[] options) => DotNet(
        $"Building {what}", ["build", project, "-c", Configuration, "-v", "q", "-nologo", .. options]);

    public string? FindProject(string folder)
    {
        var path = Path.Combine(root, folder);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.csproj").Order(StringComparer.Ordinal).FirstOrDefault() : null;
    }

    public static string Executable(string project, string kind = "") => Path.Combine(
        Path.GetDirectoryName(project)!, "bin", kind, Configuration, "net10.0",
        Path.GetFileNameWithoutExtension(project) + (OperatingSystem.IsWindows() ? ".exe" : ""));

    /// Runs the SDK; its output is shown when it fails.
    public int DotNet(string what, string[] arguments)
    {
        var first = !Directory.Exists(Path.Combine(root, "functions", "Foundation", "obj"));
        Console.Error.WriteLine($"{what}{(first ? " (the first time restores packages: about a minute)" : "")} ...");
        var watch = Stopwatch.StartNew();
        var output = new StringBuilder();
        var code = Run("dotnet", arguments, line => output.AppendLine(line), TimeSpan.FromMinutes(20), every: () =>
            Console.Error.WriteLine($"  still at it after {watch.Elapsed.TotalSeconds:0} s ..."));
        if (code != 0)
        {
            Console.Error.Write(output);
            return Fail($"{what} failed.");
        }

        return 0;
    }

    /// Runs a program to its end; an interrupt ends the whole family.
    public int Run(string program, string[] arguments, Action<string> line, TimeSpan patience, Action? every = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? root,
        };
        using var process = Process.Start(start)!;
        var gate = new Lock();
        void Take(object _, DataReceivedEventArgs e)
        {
            lock (gate)
            {
                if (e.Data is not null)
                {
                    line(e.Data);
                }
            }
        }

        process.StandardInput.Close();
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var watch = Stopwatch.StartNew();
        // Not WaitForExit(): that also waits for the end of the pipes, which build servers left behind keep open.
        for (var looks = 1; !process.WaitForExit(100); looks++)
        {
            if (interrupts.Stopped || watch.Elapsed > patience)
            {
                process.Kill(entireProcessTree: true);
                interrupts.ThrowIfStopped();
                line($"ended after {patience.TotalMinutes:0} minutes without an end");
                return 124;
            }

            if (looks % 300 == 0)
            {
                every?.Invoke();
            }
        }

        // What was written before the exit is read within moments.
        process.WaitForExitAsync().Wait(TimeSpan.FromSeconds(2));
        lock (gate)
        {
            return process.ExitCode;
        }
    }

    /// On Unix this process *becomes* the program: signals, terminal and exit code are its own, and no parent can die and leave it behind.
    private static int Become(string program, string[] arguments)
    {
        if (!OperatingSystem.IsWindows())
        {
            string?[] variables = [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => $"{e.Key}={e.Value}"), null];
            _ = Native.Execve(program, [program, .. arguments, null], variables);
            return Fail($"{program} could not be started (error {Marshal.GetLastPInvokeError()}).");
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        // A console sends Ctrl-C to all its processes: the child ends by itself and this one waits for its exit code.
        Console.CancelKeyPress += (_, e) => e.Cancel = true;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// Names, times and sizes of everything that the project is built from: cheaper than asking the SDK, which needs seconds to say "up to date".
    private string Fingerprint(string folder)
    {
        var files = new[] { "functions", "tests/stand-ins", Path.GetRelativePath(root, folder) }
            .Select(f => Path.Combine(root, f)).Where(Directory.Exists).SelectMany(Sources)
            .Concat(Directory.EnumerateFiles(root, "*.props").Select(f => new FileInfo(f)))
            .DistinctBy(f => f.FullName).OrderBy(f => f.FullName, StringComparer.Ordinal)
            .Select(f => $"{f.FullName}|{f.Length}|{f.LastWriteTimeUtc.Ticks}");
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files))));
    }

    private static IEnumerable<FileInfo> Sources(string folder) => new DirectoryInfo(folder).EnumerateFileSystemInfos()
        .Where(e => e.Name is not ("bin" or "obj" or "node_modules" or "packages.lock.json") && !e.Name.StartsWith('.'))
        .SelectMany(e => e is DirectoryInfo d ? Sources(d.FullName) : [(FileInfo)e]);
}

/// Runs every test project, one after the other: two cores hold one suite at a time.
internal sealed partial class TestRun(Dev dev)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private int _passed;
    private int _failed;
    private int _skipped;

    public int Run(string[] arguments)
    {
        var all = arguments.Contains("--all");
        var named = arguments.Where(a => !a.StartsWith('-')).ToArray();
        if (dev.Build(Path.Combine(dev.Root, "Foundation.slnx"), "everything", "-p:AzureStandIns=true") is var code and not 0)
        {
            return Conclude(1, code);
        }

        if (InstallNodePackages() is var npm and not 0)
        {
            return Conclude(1, npm);
        }

        var projects = Directory.EnumerateFiles(Path.Combine(dev.Root, "tests"), "*.csproj", SearchOption.AllDirectories)
            .Where(IsTestProject)
            .Where(p => named.Length == 0 || named.Any(n => Path.GetFileNameWithoutExtension(p).Contains(n, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal).ToList();
        if (projects.Count == 0)
        {
            return Dev.Fail("No test project fits.", 2);
        }

        foreach (var project in projects)
        {
            RunProject(project, all);
        }

        return Conclude(0, _failed == 0 ? 0 : 1);
    }

    private void RunProject(string project, bool all)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Console.WriteLine($"{name} ...");
        var output = new List<string>();
        string[] choice = all ? ["-explicit", "on"] : ["-trait-", "Category=Slow"];
        var watch = Stopwatch.StartNew();
        var code = dev.Run(Dev.Executable(project), ["-noLogo", "-noColor", .. choice], output.Add, Patience, every: () =>
            Console.WriteLine($"  {watch.Elapsed.TotalSeconds:0} s"));
        var summary = output.Select(l => Summary().Match(l)).LastOrDefault(m => m.Success);
        var (failed, skipped) = (Number(summary, "errors") + Number(summary, "failed"), Number(summary, "skipped"));
        var passed = Number(summary, "total") - Number(summary, "failed") - skipped - Number(summary, "notrun");
        // A runner that dies without a summary, or fails without a failed test, is a failure of its own.
        failed = code != 0 ? Math.Max(failed, 1) : failed;
        if (failed > 0)
        {
            output.ForEach(Console.WriteLine);
        }

        (_passed, _failed, _skipped) = (_passed + passed, _failed + failed, _skipped + skipped);
        Console.WriteLine($"{name}: {Totals(passed, failed, skipped)} in {watch.Elapsed.TotalSeconds:0.0} s");
    }

    private int Conclude(int failures, int code)
    {
        Console.WriteLine(Totals(_passed, _failed + failures, _skipped));
        return code;
    }

    private static string Totals(int passed, int failed, int skipped) =>
        $"{passed} passed, {failed} failed" + (skipped > 0 ? $", {skipped} skipped" : "");

    private static bool IsTestProject(string project)
    {
        var text = File.ReadAllText(project);
        return text.Contains("\"xunit.v3", StringComparison.Ordinal) && text.Contains("<OutputType>Exe", StringComparison.Ordinal);
    }

    // Azurite and the browsers' checks come from npm; a test that needs one finds it in the folder's node_modules.
    private int InstallNodePackages()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(dev.Root, "tests"), "package-lock.json", SearchOption.AllDirectories).ToList())
        {
            var folder = Path.GetDirectoryName(file)!;
            var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
            if (file.Contains("node_modules", StringComparison.Ordinal) || (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(file)))
            {
                continue;
            }

            Console.Error.WriteLine($"Installing the packages of {Path.GetRelativePath(dev.Root, folder)} ...");
            var output = new StringBuilder();
            var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
            if (dev.Run(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], l => output.AppendLine(l), TimeSpan.FromMinutes(10), folder: folder) != 0)
            {
                Console.Error.Write(output);
                return Dev.Fail($"npm ci failed in {folder}.");
            }
        }

        return 0;
    }

    private static int Number(Match? match, string group) =>
        match is null ? 0 : int.Parse(match.Groups[group].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Total: (?<total>\d+), Errors: (?<errors>\d+), Failed: (?<failed>\d+), Skipped: (?<skipped>\d+), Not Run: (?<notrun>\d+)")]
    private static partial Regex Summary();
}

/// SIGINT and SIGTERM end what is under way, children included, and then this program.
internal sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private volatile bool _stopped;

    public Interrupts() => _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(s => PosixSignalRegistration.Create(s, context =>
    {
        context.Cancel = true;
        _stopped = true;
    }))];

    public bool Stopped => _stopped;

    public void ThrowIfStopped()
    {
        if (_stopped)
        {
            throw new StoppedException();
        }
    }

    public void Dispose() => Array.ForEach(_registrations, r => r.Dispose());
}

internal sealed class StoppedException : Exception;

internal static class Native
{
    [DllImport("libc", EntryPoint = "execve", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Execve([MarshalAs(UnmanagedType.LPUTF8Str)] string path, string?[] arguments, string?[] environment);
}
