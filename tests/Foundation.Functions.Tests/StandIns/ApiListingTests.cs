using Foundation.StandIns.Check;
using Xunit;

namespace Foundation.Functions.Tests.StandIns;

/// <summary>A published API listing stands for an assembly that is not at hand.</summary>
public sealed class ApiListingTests
{
    private const string Listing = """
        namespace Foundation.Functions.Tests.StandIns
        {
            public partial class Parcel : System.IDisposable
            {
                public Parcel(string name, long? size = default(long?)) { }
                public string Name { get { throw null; } }
                public System.TimeSpan Age { get { throw null; } set { } }
                public virtual System.Threading.Tasks.Task<System.Collections.Generic.IReadOnlyList<long>> SendAsync(System.Collections.Generic.IDictionary<string, object> parts = null, System.Threading.CancellationToken cancellationToken = default(System.Threading.CancellationToken)) { throw null; }
                public void Dispose() { }
            }
            public enum ParcelState
            {
                Lost = -1,
                Sent = 2,
            }
        }
        """;

    [Fact]
    public void Compare_WhenAlike_FindsNothing()
    {
        Report report = Compare(Listing);

        Assert.Empty(report.Faults);
        Assert.Equal(10, report.Count);
    }

    [Theory]
    [InlineData("public virtual System", "public System", "SendAsync")]
    [InlineData("long? size", "int? size", ".ctor")]
    [InlineData("Age { get { throw null; } set { } }", "Age { get { throw null; } }", "Age set")]
    [InlineData("IDictionary<string, object> parts", "IDictionary<string, string> parts", "SendAsync")]
    [InlineData(" parts = null", " parts", "SendAsync")]
    [InlineData("Sent = 2,", "Gone = 2,", "Sent")]
    [InlineData("enum ParcelState", "enum Other", "ParcelState")]
    public void Compare_WhenTheListingSaysOtherwise_NamesTheMember(string said, string instead, string named)
    {
        Report report = Compare(Listing.Replace(said, instead, StringComparison.Ordinal));

        Assert.Contains(report.Faults, fault => fault.Contains(named, StringComparison.Ordinal));
    }

    private static Report Compare(string listing) => ApiListing.Parse(listing).Compare("test", [typeof(Parcel), typeof(ParcelState)]);
}

public class Parcel(string name, long? size = null) : IDisposable
{
    public string Name { get; } = name + size;

    public TimeSpan Age { get; set; }

    public virtual Task<IReadOnlyList<long>> SendAsync(IDictionary<string, object>? parts = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void Dispose() => GC.SuppressFinalize(this);
}

public enum ParcelState
{
    Lost = -1,
    Sent = 2,
}
