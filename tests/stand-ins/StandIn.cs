using System;

/// <summary>What a stand-in answers to every call that would need the real assembly.</summary>
internal static class StandIn
{
    public static Exception Never() => new NotSupportedException(
        "This build uses the stand-ins of tests/stand-ins, which only compile. To run, build with the real packages: "
        + "dotnet build functions/Foundation.Functions -p:AzureStandIns=false.");
}
