using System;

/// <summary>What a stand-in answers to every call that would need the real assembly.</summary>
internal static class StandIn
{
    public static Exception Never() => new NotSupportedException(
        "This build uses the stand-ins of tests/stand-ins, which only compile. Build with the real packages to run: "
        + "dotnet build -p:AzureStandIns=false, or set the environment variable AzureStandIns=false.");
}
