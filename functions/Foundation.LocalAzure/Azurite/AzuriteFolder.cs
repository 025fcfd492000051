using System.ComponentModel;
using System.Diagnostics;

namespace Foundation.LocalAzure.Azurite;

/// <summary>Where Azurite's packages are: <c>tests/azurite</c> of the checkout, installed from the lock file at first use.</summary>
internal static class AzuriteFolder
{
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(8);

    /// <summary>The folder with Azurite installed; throws <see cref="AzuriteMissingException"/>.</summary>
    public static async Task<string> InstalledAsync()
    {
        var folder = Find()
            ?? throw new AzuriteMissingException("The folder tests/azurite, which names Azurite's packages, is not above this program");
        if (!File.Exists(Path.Combine(folder, "node_modules", "azurite", "package.json")))
        {
            await InstallAsync(folder);
        }

        return folder;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "azurite");
            if (File.Exists(Path.Combine(candidate, "package-lock.json")))
            {
                return candidate;
            }
        }

        return null;
    }

    private static async Task InstallAsync(string folder)
    {
        string[] arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var patience = new CancellationTokenSource(InstallPatience, TimeProvider.System);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = await process.StandardError.ReadToEndAsync(patience.Token);
            await output;
            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode != 0)
            {
                throw new AzuriteMissingException($"npm could not install Azurite in {folder}: {errors.Trim()}");
            }
        }
        catch (Win32Exception)
        {
            throw new AzuriteMissingException("npm is not installed: Azurite, the local storage account, needs Node and npm");
        }
        catch (OperationCanceledException)
        {
            throw new AzuriteMissingException($"npm did not install Azurite within {InstallPatience.TotalMinutes} minutes");
        }
    }
}
