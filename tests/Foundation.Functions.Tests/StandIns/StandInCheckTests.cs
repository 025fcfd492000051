using Foundation.StandIns.Check;
using Xunit;

namespace Foundation.Functions.Tests.StandIns;

/// <summary>The check must see every kind of difference that would make the sources compile here and not with the real packages.</summary>
public sealed class StandInCheckTests
{
    [Fact]
    public void Compare_WhenAlike_FindsNothing()
    {
        Report report = Compare(typeof(Here.Sender), typeof(Here.Sender));

        Assert.Empty(report.Faults);
        Assert.True(report.Count > 5, $"only {report.Count} members were looked at");
    }

    [Fact]
    public void Compare_WhenRealHasMore_FindsNothing() => Assert.Empty(Compare(typeof(Here.Slim), typeof(There.Slim)).Faults);

    [Theory]
    [InlineData(typeof(Here.RenamedParameter), typeof(There.RenamedParameter), "text) does not exist")]
    [InlineData(typeof(Here.OtherDefault), typeof(There.OtherDefault), "= 1) does not exist")]
    [InlineData(typeof(Here.OtherType), typeof(There.OtherType), "System.Int32 Size get does not exist")]
    [InlineData(typeof(Here.Settable), typeof(There.Settable), "Size set does not exist")]
    [InlineData(typeof(Here.Overridable), typeof(There.Overridable), "is virtual here and instance there")]
    [InlineData(typeof(Here.OpenForFakes), typeof(There.OpenForFakes), "sealed there")]
    [InlineData(typeof(Here.LacksAbstract), typeof(There.LacksAbstract), "lacks the abstract System.Void Second()")]
    [InlineData(typeof(Here.Claims), typeof(There.Claims), "is a System.IDisposable here and not there")]
    [InlineData(typeof(Here.Level), typeof(There.Level), "Admin = 2 does not exist")]
    [InlineData(typeof(Here.AnywhereAttribute), typeof(There.AnywhereAttribute), "may be applied to")]
    public void Compare_WhenDifferent_NamesTheDifference(Type standIn, Type real, string expected)
    {
        Report report = Compare(standIn, real);

        Assert.Contains(report.Faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_CoverEveryStandIn() => Assert.Contains("Azure.Messaging.ServiceBus", StandInNames.All);

    private static Report Compare(Type standIn, Type real)
    {
        var report = new Report("test");
        StandInCheck.Compare(standIn, real, report);
        return report;
    }
}
