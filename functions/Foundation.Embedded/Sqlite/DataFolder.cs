using System.Globalization;

namespace Foundation.Embedded.Sqlite;

/// <summary>
/// The folder of one process. Its lock is the operating system's, so it ends with the process however that ends; the pid stands
/// beside it for whoever comes second.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020);

    private readonly FileStream _lock;
    private readonly string _pidFile;

    private DataFolder(string path, FileStream held)
    {
        (Path, _lock) = (path, held);
        _pidFile = System.IO.Path.Combine(path, "foundation.pid");
    }

    public string Path { get; }

    /// <summary>Creates the folder when absent and locks it.</summary>
    public static DataFolder Lock(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var file = System.IO.Path.Combine(full, "foundation.lock");
            var folder = new DataFolder(full, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            File.WriteAllText(folder._pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return folder;
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
        {
            throw new DataFileException(
                $"The data folder {full} is in use by {Holder(full)}. Stop it, or choose another folder with --data.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(
                $"The data folder {full} cannot be written ({e.Message}). Give this user write access, or choose another with --data.", e);
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_pidFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The pid is only told to a second process; a stale one does no harm, because the lock decides.
        }

        _lock.Dispose();
    }

    private static string Holder(string folder)
    {
        try
        {
            return "process " + File.ReadAllText(System.IO.Path.Combine(folder, "foundation.pid")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
