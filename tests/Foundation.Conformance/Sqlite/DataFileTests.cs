using System.Diagnostics;
using Foundation.Embedded.Sqlite;
using Foundation.Kernel;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Sqlite;

/// <summary>Files and folders as one may find them.</summary>
public sealed class DataFileTests : IDisposable
{
    private static readonly Space Work = new("work");
    private static readonly Table Items = new("items", Work, KeyForm.Id);
    private readonly SqliteFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Shard Home => new(Work, 0);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reopened_AfterACleanClose_HoldsAllAndGivesNewVersions()
    {
        RowVersion before;
        var due = new Due("lane/a", 5, Promptness.Prompt);
        using (var store = _folder.Open())
        {
            before = await InsertAsync(store, 1, "state", "body", due);
            await new SqliteBlobs(store).PutAsync("blob", new byte[200_000], null, DateTimeOffset.UnixEpoch, Ct);
        }

        Assert.False(File.Exists(_folder.File + "-wal"));
        using var again = _folder.Open();
        Assert.Equal([new LaneSummary("lane/a", 5)], await again.LanesAsync(Home, "", null, 10, Ct));
        var row = Assert.Single((await again.ListDueAsync(Home, new LaneRange("lane/a"), new Listing(WithBodies: true), Ct)).Items);
        Assert.Equal((before, 5, 4, due), (row.Version, row.State.Length, row.Body.Length, row.Due!.Value));
        Assert.Equal(200_000, (await new SqliteBlobs(again).GetAsync("blob", 0, null, Ct))!.Value.Length);
        Assert.True((await InsertAsync(again, 2, "s", "b", null)).Number > before.Number);
        Assert.Equal(new CommitResult.Conflict(new RowKey(Items, (UInt128)1)), await again.CommitAsync(
            new Commit(default, Home, [new Write.Insert(new RowKey(Items, (UInt128)1), default, default, null)]), Ct));
    }

    [Fact]
    public void OpenedTwice_InOneProcess_IsRefused()
    {
        using var store = _folder.Open();
        var refused = Assert.Throws<DataFileException>(() => _folder.Open());
        Assert.Contains($"in use by process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Garbage_InPlaceOfTheFile_IsRefusedAndKept()
    {
        var garbage = new byte[50_000];
        RandomSource.FromSeed(7).Fill(garbage);
        File.WriteAllBytes(_folder.File, garbage);

        var refused = Assert.Throws<DataFileException>(() => _folder.Open());
        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
        Assert.Equal(garbage, File.ReadAllBytes(_folder.File));
        Assert.Throws<DataFileException>(() => _folder.Open()); // and the folder's lock is free again
    }

    [Fact]
    public void FileOfANewerVersion_IsRefused()
    {
        _folder.Open().Dispose();
        using (var file = SqliteDatabase.Open(_folder.File, create: false, 1024))
        {
            file.Execute($"PRAGMA user_version={SqliteSchema.Version + 1}");
        }

        var refused = Assert.Throws<DataFileException>(() => _folder.Open());
        Assert.Contains("newer version of Foundation", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileOfAnotherProgram_IsRefused()
    {
        using (var file = SqliteDatabase.Open(_folder.File, create: true, 1024))
        {
            file.Execute("CREATE TABLE theirs(x)");
        }

        var refused = Assert.Throws<DataFileException>(() => _folder.Open());
        Assert.Contains("another program", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatCannotBeWritten_IsRefused()
    {
        var file = Path.Combine(_folder.Path, "a-file");
        File.WriteAllText(file, "");

        var refused = Assert.Throws<DataFileException>(() => SqliteFolder.OpenAt(Path.Combine(file, "data")));
        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatCannotBeWritten_IsRefused()
    {
        _folder.Open().Dispose();
        using var readOnly = ReadOnlyFile.TryMake(_folder.File);
        Assert.SkipWhen(readOnly is null, "This user may write every file, and the file system has no immutable ones");

        var refused = Assert.Throws<DataFileException>(() => _folder.Open());
        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedByName()
    {
        var wrong = new SqliteStoreOptions { Folder = "", GroupCommitsMax = 0, Readers = 0 };
        var result = new SqliteStoreOptionsValidator().Validate(null, wrong);
        Assert.Equal(3, result.Failures!.Count());
        Assert.True(new SqliteStoreOptionsValidator().Validate(null, new SqliteStoreOptions()).Succeeded);
    }

    private static async Task<RowVersion> InsertAsync(SqliteStore store, int id, string state, string body, Due? due)
    {
        var insert = new Write.Insert(new RowKey(Items, (UInt128)(uint)id), new byte[state.Length], new byte[body.Length], due);
        return Assert.IsType<CommitResult.Committed>(await store.CommitAsync(new Commit(default, Home, [insert]), Ct)).Versions[0];
    }

    /// <summary>A file that not even its owner, or root, may write.</summary>
    private sealed class ReadOnlyFile(string path) : IDisposable
    {
        public static ReadOnlyFile? TryMake(string path)
        {
            if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            {
                return Attribute("+i", path) ? new ReadOnlyFile(path) : null;
            }

            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            return new ReadOnlyFile(path);
        }

        public void Dispose()
        {
            if (Environment.IsPrivilegedProcess)
            {
                Attribute("-i", path);
            }
        }

        private static bool Attribute(string change, string path)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("chattr", [change, path]) { RedirectStandardError = true });
                process!.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
