using Foundation.Kernel;
using Foundation.Security;
using Foundation.Security.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Security;

public sealed class SecretStoreTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("foundation-secrets-");
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Resolve_Variable_GivesItsValueRedacted()
    {
        _variables["FOUNDATION_SECRET_A"] = "hunter2";
        var value = Store().Resolve(new SecretReference("env:FOUNDATION_SECRET_A")).Value;
        Assert.Equal("hunter2", value.Reveal());
        Assert.Equal("(secret)", value.ToString());
        Assert.Equal("(secret)", $"{value}");
        Assert.Equal("secrets.not-found", CodeOf(Store(), "env:FOUNDATION_SECRET_B"));
    }

    [Theory]
    [InlineData("env:PATH")]
    [InlineData("env:HOME")]
    [InlineData("env:FOUNDATION_SECRET_")]
    [InlineData("file:../x")]
    [InlineData("file:/etc/passwd")]
    [InlineData("file:a/b")]
    [InlineData("file:.hidden")]
    [InlineData("file:..")]
    [InlineData("file:")]
    [InlineData("vault:x")]
    [InlineData("")]
    public void Resolve_OutsideOfTheAllowList_IsRefused(string reference)
    {
        _variables["PATH"] = _variables["HOME"] = "never";
        Assert.Equal("secrets.not-allowed", CodeOf(Store(), reference));
    }

    [Fact]
    public void Resolve_File_DropsOneLineBreak()
    {
        Write("a", "value \n");
        Write("b", "two\nlines\r\n");
        Assert.Equal("value ", Store().Resolve(new SecretReference("file:a")).Value.Reveal());
        Assert.Equal("two\nlines", Store().Resolve(new SecretReference("file:b")).Value.Reveal());
    }

    [Fact]
    public void Resolve_FileThatIsNoSecret_SaysWhy()
    {
        Write("empty", "");
        Write("large", new string('x', SecretFile.BytesMax + 1));
        File.WriteAllBytes(Path.Combine(Folder, "binary"), [0xff, 0xfe, 0x00]);
        Directory.CreateDirectory(Path.Combine(Folder, "folder"));
        foreach (var name in new[] { "empty", "large", "binary", "folder" })
        {
            Assert.Equal((name, "secrets.unreadable"), (name, CodeOf(Store(), "file:" + name)));
        }

        Assert.Equal("secrets.not-found", CodeOf(Store(), "file:absent"));
        Assert.Equal("secrets.not-found", CodeOf(Store(folder: null), "file:empty"));
    }

    [Fact]
    public void Resolve_LinkOutOfTheFolder_IsRefused()
    {
        File.WriteAllText(Path.Combine(_root.FullName, "outside"), "never");
        File.CreateSymbolicLink(Path.Combine(Folder, "direct"), Path.Combine(_root.FullName, "outside"));
        File.CreateSymbolicLink(Path.Combine(Folder, "relative"), "../outside");
        // The link inside leads to a folder that is itself a link to the outside.
        Directory.CreateSymbolicLink(Path.Combine(Folder, "..data"), _root.FullName);
        File.CreateSymbolicLink(Path.Combine(Folder, "indirect"), "..data/outside");
        File.CreateSymbolicLink(Path.Combine(Folder, "loop"), "loop");
        Assert.Equal("secrets.not-allowed", CodeOf(Store(), "file:direct"));
        Assert.Equal("secrets.not-allowed", CodeOf(Store(), "file:relative"));
        Assert.Equal("secrets.not-allowed", CodeOf(Store(), "file:indirect"));
        Assert.Equal("secrets.not-found", CodeOf(Store(), "file:loop"));
    }

    [Fact]
    public void Resolve_NeighbourFolderWithTheSamePrefix_IsOutside()
    {
        var neighbour = Directory.CreateDirectory(Folder + "-more");
        File.WriteAllText(Path.Combine(neighbour.FullName, "x"), "never");
        File.CreateSymbolicLink(Path.Combine(Folder, "x"), Path.Combine(neighbour.FullName, "x"));
        Assert.Equal("secrets.not-allowed", CodeOf(Store(), "file:x"));
    }

    [Fact]
    public void Resolve_MountedSecret_FollowsTheSwappedLinkAndTells()
    {
        // As Kubernetes mounts secrets: x -> ..data/x, ..data -> ..1, and a change swaps ..data.
        foreach (var (version, text) in new[] { ("..1", "old"), ("..2", "new") })
        {
            Directory.CreateDirectory(Path.Combine(Folder, version));
            File.WriteAllText(Path.Combine(Folder, version, "x"), text);
        }

        Directory.CreateSymbolicLink(Path.Combine(Folder, "..data"), "..1");
        File.CreateSymbolicLink(Path.Combine(Folder, "x"), "..data/x");
        var store = Store();
        List<string> told = [];
        using var subscription = store.Subscribe(r => told.Add(r.Value));
        Assert.Equal("old", store.Resolve(new SecretReference("file:x")).Value.Reveal());

        Directory.Delete(Path.Combine(Folder, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "..data"), "..2");
        Assert.Equal("old", store.Resolve(new SecretReference("file:x")).Value.Reveal());
        store.LookAgain();
        Assert.Equal("new", store.Resolve(new SecretReference("file:x")).Value.Reveal());
        Assert.Equal(["file:x"], told);
    }

    [Fact]
    public void Resolve_ChangedFile_IsSeenAfterAFewSecondsAndToldOnce()
    {
        Write("a", "one");
        var store = Store();
        List<string> told = [];
        var subscription = store.Subscribe(r => told.Add(r.Value));
        store.Resolve(new SecretReference("file:a"));
        Write("a", "second");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("second", store.Resolve(new SecretReference("file:a")).Value.Reveal());
        store.LookAgain();
        Assert.Equal(["file:a"], told);

        File.Delete(Path.Combine(Folder, "a"));
        store.LookAgain();
        Assert.Equal("secrets.not-found", CodeOf(store, "file:a"));
        Assert.Equal(2, told.Count);
        subscription.Dispose();
        Write("a", "third");
        store.LookAgain();
        Assert.Equal(2, told.Count);
    }

    private string Folder => Directory.CreateDirectory(Path.Combine(_root.FullName, "secrets")).FullName;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    private SecretStore Store() => Store(Folder);

    private SecretStore Store(string? folder) => new(
        Options.Create(new SecurityOptions { SecretsFolder = folder }), _time, NullLogger<SecretStore>.Instance)
    {
        Variable = name => _variables.GetValueOrDefault(name),
    };

    private static string? CodeOf(SecretStore store, string reference) => store.Resolve(new SecretReference(reference)).Problem?.Error.Code;
}
