using System.Reflection;
using System.Runtime.InteropServices;

namespace Foundation.Infrastructure.Tests.Bicep;

/// <summary>The Bicep compiler out of its NuGet package: no download, no registry, no Azure.</summary>
internal static class BicepCompiler
{
    private static readonly Lazy<string> s_path = new(Prepare);

    public static void SkipWhereItDoesNotRun() => Assert.SkipUnless(
        RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && RuntimeInformation.OSArchitecture == Architecture.X64,
        "The Bicep compiler comes from a package for Linux on x64, and this machine is another.");

    public static Task<CommandResult> RunAsync(params IEnumerable<string> arguments) => Command.RunAsync(s_path.Value, arguments);

    /// <summary>NuGet unpacks without the executable bit; where the package folder is read-only, a copy gets it.</summary>
    private static string Prepare()
    {
        const UnixFileMode executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var packaged = typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "BicepPath").Value!;
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Ask SkipWhereItDoesNotRun first.");
        }

        if (File.GetUnixFileMode(packaged).HasFlag(UnixFileMode.UserExecute))
        {
            return packaged;
        }

        try
        {
            File.SetUnixFileMode(packaged, File.GetUnixFileMode(packaged) | UnixFileMode.UserExecute);
            return packaged;
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            var copy = Path.Combine(Directory.CreateTempSubdirectory("bicep-").FullName, "bicep");
            File.Copy(packaged, copy);
            File.SetUnixFileMode(copy, executable);
            return copy;
        }
    }
}
