@echo off
rem Starts dev.cs, the file-based C# program with everything a developer does here.
where dotnet >nul 2>nul || (echo Foundation needs the .NET SDK 10 or newer: https://dot.net/download 1>&2 & exit /b 1)
set "FOUNDATION_DEV_ROOT=%~dp0"
dotnet run --file "%~dp0dev.cs" -c Release -- %*
exit /b %ERRORLEVEL%
