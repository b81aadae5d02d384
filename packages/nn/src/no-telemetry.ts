// onnxruntime tells its maker of its use, and leaves files in the home folder, unless this is set when it is loaded. A
// thread's environment is a copy that the library does not see: whoever starts a thread that loads it imports this too.
process.env.ORT_DISABLE_TELEMETRY = '1'
